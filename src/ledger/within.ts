import { Failure } from '../lib/failure.ts';

/** What `work` gives, or storageUnavailable when it takes longer; `work` goes on. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failure('storageUnavailable', 'The storage takes too long.', { retryable: true })), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

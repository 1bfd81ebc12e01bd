import { reportFailure } from './callbacks.ts';
import type { OnResponseDone, ResponseDone } from './hooks.ts';

type Callback = (response: ResponseDone) => unknown;

/** The responses of one prompt as one hook sees them. */
export interface Responses {
  readonly done: readonly ResponseDone[];
  readonly onResponseDone: OnResponseDone;
  /** Calls all callbacks and waits for them; rejects with the first failure. */
  add(response: ResponseDone): Promise<void>;
}

export function createResponses(): Responses {
  const done: ResponseDone[] = [];
  const callbacks: Callback[] = [];
  return {
    done,
    onResponseDone: async (callback) => {
      callbacks.push(callback);
      await Promise.all(done.map(async (response) => callback(response))).catch(reportFailure);
    },
    add: async (response) => {
      done.push(response);
      const called = await Promise.allSettled(callbacks.map(async (callback) => callback(response)));
      const failed = called.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}

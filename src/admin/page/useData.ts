import { useCallback, useEffect, useState } from 'preact/hooks';
import { get } from './client.ts';

export interface Data<T> {
  /** The last that was read, also while it is read anew. */
  readonly data: T | undefined;
  readonly error: Error | undefined;
  readonly isReading: boolean;
  reload(): void;
}

/** Reads a path of the server, and again when what is asked or `revision` changes, or the page is looked at again. */
export function useData<T>(path: string, asked: Readonly<Record<string, string | number | undefined>>, revision = 0): Data<T> {
  const [state, setState] = useState<Omit<Data<T>, 'reload'>>({ data: undefined, error: undefined, isReading: true });
  const [again, setAgain] = useState(0);
  const key = JSON.stringify(asked);
  useEffect(() => {
    const controller = new AbortController();
    setState(({ data }) => ({ data, error: undefined, isReading: true }));
    get<T>(path, asked, controller.signal).then(
      (data) => setState({ data, error: undefined, isReading: false }),
      (error: unknown) => {
        if (!controller.signal.aborted) setState({ data: undefined, error: error as Error, isReading: false });
      },
    );
    return () => controller.abort();
  }, [path, key, revision, again]);
  useEffect(() => {
    const listen = (): void => {
      if (document.visibilityState === 'visible') setAgain((count) => count + 1);
    };
    document.addEventListener('visibilitychange', listen);
    return () => document.removeEventListener('visibilitychange', listen);
  }, []);
  return { ...state, reload: useCallback(() => setAgain((count) => count + 1), []) };
}

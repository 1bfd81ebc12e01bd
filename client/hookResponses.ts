import { runCallback } from './callbacks.ts';
import type { HookedResponse, PromptContext } from './hooks.ts';

type Callback = (response: HookedResponse) => unknown;

/** The responses of one prompt as one hook sees them. */
export interface Responses {
  readonly shown: Pick<PromptContext, 'responses' | 'onResponseDone'>;
  /** Calls all callbacks and waits for them; rejects with the first failure. */
  add(response: HookedResponse): Promise<void>;
}

export function createResponses(): Responses {
  const responses: HookedResponse[] = [];
  const callbacks: Callback[] = [];
  return {
    shown: {
      responses,
      onResponseDone: (callback) => {
        callbacks.push(callback);
        for (const response of responses) runCallback(callback, response);
      },
    },
    add: async (response) => {
      responses.push(response);
      const called = await Promise.allSettled(callbacks.map(async (callback) => callback(response)));
      const failed = called.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}

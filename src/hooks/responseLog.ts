import type { PromptEnd } from '../engine/ports.ts';
import type { OnResponseDone, PromptResponse, ResponseDone } from '../plugin/plugin.ts';

/** The responses of one prompt as a plugin sees them, and who wants to hear of each. */
export interface ResponseLog {
  readonly onResponseDone: OnResponseDone;
  /** Resolves when all callbacks have run. Never rejects. */
  done(response: ResponseDone): Promise<void>;
  /** What the code after gets. */
  response(end: PromptEnd): PromptResponse;
  /** Resolves when callbacks that were given for complete responses have run. */
  settled(): Promise<void>;
  /** What callbacks have thrown. */
  readonly failures: readonly unknown[];
}

export function createResponseLog(about: { readonly purpose: string | undefined; readonly group: string | undefined }): ResponseLog {
  const responses: ResponseDone[] = [];
  const callbacks: ((response: ResponseDone) => unknown)[] = [];
  const calls: Promise<void>[] = [];
  const failures: unknown[] = [];
  const call = async (callback: (response: ResponseDone) => unknown, response: ResponseDone): Promise<void> => {
    try {
      await callback(response);
    } catch (error) {
      failures.push(error);
    }
  };
  const onResponseDone: OnResponseDone = async (callback) => {
    callbacks.push(callback);
    const now = Promise.all(responses.map(async (response) => call(callback, response))).then(() => {});
    calls.push(now);
    await now;
  };
  return {
    onResponseDone,
    failures,
    async done(response) {
      responses.push(response);
      await Promise.all(callbacks.map(async (callback) => call(callback, response)));
    },
    response: (end) => ({
      ...about,
      get response() {
        return responses.at(-1);
      },
      responses,
      ...describeEnd(end),
      onResponseDone,
    }),
    settled: async () => void (await Promise.all(calls)),
  };
}

export function describeEnd(end: PromptEnd): Omit<ResponseDone, 'step' | 'model'> {
  const { outcome: status, error, usage, cost, content, durationMs } = end;
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  return { status, error, usage, cost, content, durationMs, text };
}

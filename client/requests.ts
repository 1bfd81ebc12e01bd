import { ResponseError, type Message } from 'vscode-jsonrpc/node';
import type { ErrorData } from '../protocol/index.ts';
import { messageOf } from './errors.ts';

/** A message that says how a request of ours ended. */
export interface Answer extends Message {
  readonly id: number | string | null;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown } | null;
}

/** The requests of this side that have no answer yet. */
export interface Requests {
  /**
   * Rejects with a `ResponseError` for an error answer, with `brokenOff` when there will be none. An abort asks the other side to stop;
   * its answer still counts. `answered` is called as soon as there is one, before anything that came behind it is read.
   */
  send(method: string, params: object, about: { readonly signal: AbortSignal | undefined; answered(): void }): Promise<unknown>;
  /** One that nobody waits for changes nothing. */
  settle(answer: Answer): void;
  /** No answers will come. */
  end(): void;
}

/** The request could not be written, or the connection has ended. */
export const brokenOff: Error = Object.freeze(new Error('the connection has ended'));

/** `write` rejects when the message will never arrive. */
export function createRequests(write: (message: Message) => Promise<void>): Requests {
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: unknown): void; answered(): void }>();
  let lastId = 0;
  let ended = false;
  const send = (message: object): Promise<void> => write({ jsonrpc: '2.0', ...message });

  const ask = (id: number, method: string, params: object, answered: () => void): Promise<unknown> => {
    if (ended) return Promise.reject(brokenOff);
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject, answered });
      const fail = (error: unknown): void => {
        waiting.delete(id);
        reject(error);
      };
      try {
        send({ id, method, params }).catch(() => fail(brokenOff));
      } catch (error) {
        fail(notJson(method, error));
      }
    });
  };

  return {
    async send(method, params, { signal, answered }) {
      const id = (lastId += 1);
      const answer = ask(id, method, params, answered);
      if (signal === undefined) return await answer;
      const cancel = (): void => {
        send({ method: '$/cancelRequest', params: { id } }).catch(() => {});
      };
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
      try {
        return await answer;
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
    settle({ id, result, error }) {
      const asked = waiting.get(id as number);
      if (asked === undefined) return;
      waiting.delete(id as number);
      asked.answered();
      if (error) asked.reject(new ResponseError(error.code, error.message, error.data));
      else if (result === undefined) asked.reject(new Error('an answer without a result and without an error'));
      else asked.resolve(result);
    },
    end() {
      ended = true;
      for (const { reject } of waiting.values()) reject(brokenOff);
      waiting.clear();
    },
  };
}

function notJson(method: string, error: unknown): ResponseError<ErrorData> {
  return new ResponseError(-32_602, `The params of ${method} cannot be sent: ${messageOf(error)}`, {
    kind: 'invalidParams',
    retryable: false,
  });
}

import { setImmediate } from 'node:timers/promises';
import { CancellationTokenSource, ParameterStructures, ResponseError, type MessageConnection } from 'vscode-jsonrpc/node';
import { abortFailure } from './errors.ts';
import type { Outbox } from './outbox.ts';

/** The other side of a connection. */
export interface Peer {
  /**
   * Resolves when the pipe has accepted the notification; await it, or what a slow host does not read piles up here.
   * After the end of the connection it does nothing. Rejects only when `params` is not JSON.
   */
  notify(method: string, params: object): Promise<void>;
  /**
   * Asks the other side. Rejects with `PeerError` for its error answer, with the signal's reason after an abort, with
   * `Failure('serverCancelled')` when the connection ends. An abort sends `$/cancelRequest` and waits at most a second
   * for the answer, which counts if it is a result.
   */
  request(method: string, params: object, signal?: AbortSignal): Promise<unknown>;
  /** Bytes that the operating system has not taken yet. */
  readonly backlogBytes: number;
}

/** The error answer of the other side. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** protocol.md 5: nested requests are cancelled too and waited for 1 s at most. */
const cancelGraceMs = 1000;

/** There is nobody left to tell. */
function nobodyLeft(): void {}

/** `lost` is aborted when the connection has ended. */
export function createPeer(connection: MessageConnection, outbox: Outbox, lost: AbortSignal): Peer {
  return {
    // Not an async function: that would hold the params while the pipe is full.
    notify(method, params) {
      try {
        return outbox.send({ jsonrpc: '2.0', method, params }).catch(nobodyLeft);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    async request(method, params, signal) {
      // Notifications that are about to be sent go first: the end of an answer before the question of a hook about it.
      await setImmediate();
      signal?.throwIfAborted();
      const cancellation = new CancellationTokenSource();
      const abandoned = Promise.withResolvers<never>();
      let timer: NodeJS.Timeout | undefined;
      const onAbort = (): void => {
        cancellation.cancel();
        timer = setTimeout(() => abandoned.reject(signal?.reason), cancelGraceMs);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        const answer = connection.sendRequest(method, ParameterStructures.byName, params, cancellation.token);
        return await Promise.race([answer, abandoned.promise]);
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        if (error instanceof ResponseError && !lost.aborted) throw new PeerError(error.code, error.message, error.data);
        throw abortFailure('serverCancelled');
      } finally {
        signal?.removeEventListener('abort', onAbort);
        clearTimeout(timer);
        cancellation.dispose();
      }
    },
    get backlogBytes() {
      return outbox.backlogBytes;
    },
  };
}

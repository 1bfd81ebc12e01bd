import { ResponseError, type CancellationToken, type MessageConnection } from 'vscode-jsonrpc/node';
import { messageOf } from './errors.ts';

export type Answer = (method: string, params: unknown, signal: AbortSignal) => Promise<unknown>;

/**
 * Has the requests of the sidecar answered. The signal of each is aborted when the sidecar cancels it, and when the connection
 * ends. What the host's code throws becomes the answer, whatever it is.
 */
export function answerRequests(rpc: MessageConnection, answer: Answer): void {
  const running = new Set<AbortController>();
  rpc.onDispose(() => running.forEach((controller) => controller.abort()));
  rpc.onRequest(async (method: string, params: unknown, token: CancellationToken) => {
    const controller = new AbortController();
    if (token.isCancellationRequested) controller.abort();
    const listener = token.onCancellationRequested(() => controller.abort());
    running.add(controller);
    try {
      return asJson(await answer(method, params, controller.signal));
    } catch (error) {
      return toResponseError(error, controller.signal);
    } finally {
      running.delete(controller);
      listener.dispose();
    }
  });
}

/** Fails here, and not when it is written. */
function asJson(answer: unknown): unknown {
  JSON.stringify(answer);
  return answer;
}

function toResponseError(error: unknown, signal: AbortSignal): ResponseError<unknown> {
  if (error instanceof ResponseError) return error;
  if (signal.aborted) return new ResponseError(-32_800, 'Cancelled.', { kind: 'cancelled', retryable: false });
  return new ResponseError(-31_041, messageOf(error), { kind: 'hookFailed', retryable: false });
}

import { setImmediate } from 'node:timers/promises';
import { createMessageConnection, ParameterStructures, ResponseError, type Message, type MessageReader } from 'vscode-jsonrpc/node';
import { FrameReader } from '../protocol/framing/frameReader.ts';
import { FrameWriter } from '../protocol/framing/frameWriter.ts';
import type {
  ClientNotification,
  clientNotifications,
  ClientRequest,
  clientRequests,
  DeltaParams,
  ErrorData,
  ParamsOf,
  ResultOf,
  ServerNotification,
} from '../protocol/index.ts';
import { runCallback } from './callbacks.ts';
import type { Duties } from './duties.ts';
import { LLMError, SidecarExitedError } from './errors.ts';
import { answerRequests } from './inbound.ts';
import { brokenOff, createRequests, type Answer } from './requests.ts';
import type { Sidecar } from './spawn.ts';

export type RequestParams<Method extends ClientRequest> = ParamsOf<(typeof clientRequests)[Method]>;
export type RequestResult<Method extends ClientRequest> = ResultOf<(typeof clientRequests)[Method]>;

/** JSON-RPC over the pipes of a sidecar. */
export interface Link {
  /** Fails with an `LLMError` only. A signal asks the sidecar to stop; the answer still comes, and tells how far it got. */
  request<Method extends ClientRequest>(
    method: Method,
    params: RequestParams<Method>,
    signal?: AbortSignal,
  ): Promise<RequestResult<Method>>;
  /** Never fails: what cannot be sent any more has nobody to go to. */
  notify<Method extends ClientNotification>(method: Method, params: ParamsOf<(typeof clientNotifications)[Method]>): void;
  /** Hands the deltas of one prompt to `receive`, in order, until the returned function is called. */
  listen(promptId: string, receive: (params: DeltaParams) => void): () => void;
  /** Fails everything that is pending, and all later requests; ends the sidecar. */
  fail(error: LLMError): void;
}

export interface LinkHandlers {
  readonly duties: Duties;
  onNotification(method: ServerNotification, params: unknown): void;
}

export function openLink(sidecar: Sidecar, { duties, onNotification }: LinkHandlers): Link {
  const receivers = new Map<string, (params: DeltaParams) => void>();
  const end: { error?: LLMError } = {};
  const fail = (error: LLMError) => {
    end.error ??= error;
    runCallback(sidecar.stop);
    runCallback(disposeWhenHandled);
  };
  const deliver = (params: DeltaParams | undefined) => {
    if (params !== undefined) receivers.get(params?.promptId)?.(params);
  };

  const reader = new FrameReader(sidecar.output, {
    framing: 'content-length',
    onProblem: ({ kind, fatal, message }) => {
      if (fatal && kind !== 'truncated')
        fail(new LLMError('protocolViolation', `The sidecar wrote to stdout what is no message. ${message}`));
    },
  });
  const queue = { length: 0 };
  const writer = new FrameWriter(sidecar.input, () => 'content-length');
  const requests = createRequests((message) => writer.write(message));
  const rpc = createMessageConnection(shortened(reader, queue, { deliver, settle: requests.settle }), writer, undefined, {
    messageStrategy: {
      handleMessage: (message, next) => {
        if (!isCancel(message)) queue.length -= 1;
        return isAnswer(message) ? requests.settle(message) : next(message);
      },
    },
  });
  /** What arrived before the failure still counts. */
  const disposeWhenHandled = async () => {
    while (queue.length > 0) await setImmediate();
    rpc.dispose();
    requests.end();
  };
  runCallback(async () => fail(new SidecarExitedError(await sidecar.exited)));
  rpc.onClose(() => runCallback(sidecar.stop));
  rpc.onNotification('llm/delta', deliver);
  rpc.onNotification((method, params) => onNotification(method as ServerNotification, params));
  answerRequests(rpc, duties.answer);
  rpc.listen();

  return {
    fail,
    request: async (method, params, signal) => {
      if (end.error !== undefined) throw end.error;
      const release = sidecar.hold();
      const send = async (sent: typeof params) => {
        // No delta comes after the answer.
        const answered = () => void receivers.delete((sent as { promptId?: string }).promptId ?? '');
        try {
          return (await requests.send(method, sent, { signal, answered })) as RequestResult<typeof method>;
        } catch (error) {
          if (error === brokenOff && end.error === undefined) await sidecar.stop();
          throw end.error ?? toLLMError(error);
        }
      };
      try {
        return await duties.around(method, params, send);
      } finally {
        release();
      }
    },
    notify: (method, params) => {
      // It throws at once, or rejects, when the pipe is closed.
      (async () => rpc.sendNotification(method, ParameterStructures.byName, params))().catch(() => {});
    },
    listen: (promptId, receive) => {
      receivers.set(promptId, receive);
      return () => receivers.delete(promptId);
    },
  };
}

/**
 * The reader, with a short way for deltas and answers: vscode-jsonrpc gives each message a turn of the event loop of its own. What
 * has messages before it waits in the same queue as they; cancellations, which vscode-jsonrpc may handle at once, do not count.
 * Also keeps from vscode-jsonrpc what makes it throw out of the stream's own callback: a cancellation of nothing.
 */
function shortened(reader: MessageReader, queue: { length: number }, { deliver, settle }: ShortWays): MessageReader {
  return {
    onError: reader.onError,
    onClose: reader.onClose,
    onPartialMessage: reader.onPartialMessage,
    dispose: () => reader.dispose(),
    listen: (callback) =>
      reader.listen((message: Message & { method?: unknown; params?: object | null }) => {
        if (message?.jsonrpc !== '2.0' || (isCancel(message) && (message.params as { id?: unknown } | null)?.id == null)) return;
        if (message.method === 'llm/delta' && queue.length === 0) {
          deliver((message.params ?? undefined) as DeltaParams | undefined);
          return;
        }
        if (queue.length === 0 && isAnswer(message)) {
          settle(message);
          return;
        }
        if (!isCancel(message)) queue.length += 1;
        callback(message);
      }),
  };
}

interface ShortWays {
  deliver(params: DeltaParams | undefined): void;
  settle(answer: Answer): void;
}

function isAnswer(message: Message & { method?: unknown; id?: unknown }): message is Answer {
  return message.method === undefined && message.id != null;
}

function isCancel(message: Message & { method?: unknown }): boolean {
  return message.method === '$/cancelRequest';
}

function toLLMError(error: unknown): LLMError {
  if (!(error instanceof ResponseError))
    return new LLMError('protocolViolation', 'The answer of the sidecar cannot be understood.', { cause: error });
  const data = error.data as ErrorData | undefined;
  return new LLMError(data?.kind ?? 'internalError', error.message, { code: error.code, data });
}

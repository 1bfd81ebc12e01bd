import {
  CancellationTokenSource,
  ConnectionError,
  createMessageConnection,
  ParameterStructures,
  ResponseError,
  type Message,
  type MessageConnection,
  type MessageReader,
} from 'vscode-jsonrpc/node';
import { setImmediate } from 'node:timers/promises';
import { FrameReader } from '../protocol/framing/frameReader.ts';
import { FrameWriter } from '../protocol/framing/frameWriter.ts';
import type {
  ClientNotification,
  clientNotifications,
  ClientRequest,
  clientRequests,
  DeltaParams,
  ErrorData,
  InitializeResult,
  ParamsOf,
  protocolVersion,
  ResultOf,
  ServerNotification,
} from '../protocol/index.ts';
import { runCallback } from './callbacks.ts';
import { LLMError, SidecarExitedError } from './errors.ts';
import { spawnSidecar, type Sidecar, type SpawnOptions } from './spawn.ts';
import { settlesWithin } from './timing.ts';

export type RequestParams<Method extends ClientRequest> = ParamsOf<(typeof clientRequests)[Method]>;
export type RequestResult<Method extends ClientRequest> = ResultOf<(typeof clientRequests)[Method]>;

export interface ConnectOptions extends SpawnOptions {
  /** Who the host is, for the sidecar's log. */
  clientInfo?: { name: string; version: string } | undefined;
  /** How long the sidecar may take to start. Default 30 000. */
  startTimeoutMs?: number | undefined;
  /** Called for every notification except the deltas of a prompt. */
  onNotification?: ((method: ServerNotification, params: unknown) => void) | undefined;
}

/** A sidecar that has been started and greeted. */
export interface Connection {
  readonly server: InitializeResult;
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
  /** Lets the sidecar finish or cancel what runs, and ends it. */
  close(): Promise<void>;
}

/** Starts a sidecar and shakes hands. Nothing of it is left behind when that fails. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const sidecar = spawnSidecar(options);
  const link = openLink(sidecar, options.onNotification ?? (() => {}));
  try {
    const server = await greet(link, options);
    return { server, request: link.request, notify: link.notify, listen: link.listen, close: () => close(link, sidecar) };
  } catch (error) {
    await sidecar.stop();
    throw error;
  }
}

const version: typeof protocolVersion = 1;
/** The sidecar takes ten seconds at most to finish what runs. protocol.md 7. */
const shutdownMs = 12_000;

async function greet(link: Link, { clientInfo, startTimeoutMs = 30_000 }: ConnectOptions): Promise<InitializeResult> {
  const greeting = link.request('initialize', {
    protocolVersion: { min: version, max: version },
    clientInfo: { name: 'llm-sidecar-client', version: '0', ...clientInfo, language: 'typescript' },
    capabilities: {},
    parentProcessId: process.pid,
  });
  if (!(await settlesWithin(greeting, startTimeoutMs)))
    link.fail(
      new LLMError('startTimeout', `The sidecar did not answer the handshake within ${startTimeoutMs} ms. Is the command a sidecar?`),
    );
  const server = await greeting;
  if (server?.protocolVersion !== version)
    throw new LLMError(
      'unsupportedProtocolVersion',
      `The sidecar speaks protocol ${server?.protocolVersion}, this client ${version}. Install matching versions.`,
    );
  return server;
}

async function close(link: Link, sidecar: Sidecar): Promise<void> {
  await settlesWithin(link.request('shutdown', {}), shutdownMs);
  await sidecar.stop();
}

interface Link extends Pick<Connection, 'request' | 'notify' | 'listen'> {
  /** Fails everything that is pending, and all later requests. */
  fail(error: LLMError): void;
}

function openLink(sidecar: Sidecar, onNotification: (method: ServerNotification, params: unknown) => void): Link {
  const receivers = new Map<string, (params: DeltaParams) => void>();
  const unhandled = { count: 0 };
  const end: { error?: LLMError } = {};

  const reader = new FrameReader(sidecar.output, {
    framing: 'content-length',
    onProblem: ({ kind, fatal, message }) => {
      if (fatal && kind !== 'truncated')
        fail(new LLMError('protocolViolation', `The sidecar wrote to stdout what is no message. ${message}`));
    },
  });
  const rpc = createMessageConnection(
    onlyMessages(reader, () => (unhandled.count += 1)),
    new FrameWriter(sidecar.input, () => 'content-length'),
    undefined,
    {
      messageStrategy: {
        handleMessage: (message, next) => {
          unhandled.count -= 1;
          return next(message);
        },
      },
    },
  );
  const fail = (error: LLMError) => {
    end.error ??= error;
    runCallback(disposeWhenHandled);
  };
  /** What arrived before the failure still counts. */
  const disposeWhenHandled = async () => {
    while (unhandled.count > 0) await setImmediate();
    rpc.dispose();
  };
  runCallback(async () => fail(new SidecarExitedError(await sidecar.exited)));
  rpc.onClose(() => runCallback(sidecar.stop));
  rpc.onNotification('llm/delta', (params: DeltaParams) => receivers.get(params?.promptId)?.(params));
  rpc.onNotification((method, params) => onNotification(method as ServerNotification, params));
  rpc.onRequest('ping', () => ({}));
  rpc.listen();

  return {
    fail,
    request: async (method, params, signal) => {
      if (end.error !== undefined) throw end.error;
      const release = sidecar.hold();
      try {
        return await sendRequest(rpc, method, params, signal);
      } catch (error) {
        if (isBroken(error)) await sidecar.stop();
        throw end.error ?? toLLMError(error);
      } finally {
        release();
      }
    },
    notify: (method, params) => {
      // It throws at once, or rejects, when the pipe is closed.
      void (async () => rpc.sendNotification(method, ParameterStructures.byName, params))().catch(() => {});
    },
    listen: (promptId, receive) => {
      receivers.set(promptId, receive);
      return () => receivers.delete(promptId);
    },
  };
}

async function sendRequest<Method extends ClientRequest>(
  rpc: MessageConnection,
  method: Method,
  params: RequestParams<Method>,
  signal: AbortSignal | undefined,
): Promise<RequestResult<Method>> {
  const source = new CancellationTokenSource();
  const cancel = () => source.cancel();
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await rpc.sendRequest(method, ParameterStructures.byName, params, source.token);
  } finally {
    signal?.removeEventListener('abort', cancel);
    source.dispose();
  }
}

/** vscode-jsonrpc throws out of the stream's own callback at a cancellation without params. */
function onlyMessages(reader: MessageReader, onMessage: () => void): MessageReader {
  return {
    onError: reader.onError,
    onClose: reader.onClose,
    onPartialMessage: reader.onPartialMessage,
    dispose: () => reader.dispose(),
    listen: (callback) =>
      reader.listen((message: Message & { method?: unknown; params?: { id?: unknown } | null }) => {
        if (message?.jsonrpc !== '2.0' || (message.method === '$/cancelRequest' && message.params?.id === undefined)) return;
        onMessage();
        callback(message);
      }),
  };
}

/** A message could not be written: the process is gone or about to be. */
function isBroken(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ResponseError && error.code > -32_100 && error.code < -32_096);
}

function toLLMError(error: unknown): LLMError {
  if (!(error instanceof ResponseError))
    return new LLMError('protocolViolation', 'The answer of the sidecar cannot be understood.', { cause: error });
  const data = error.data as ErrorData | undefined;
  return new LLMError(data?.kind ?? 'internalError', error.message, { code: error.code, data });
}

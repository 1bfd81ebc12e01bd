import { clientNotifications, clientRequests } from '../protocol/index.ts';
import { plainInitialize } from '../protocol/plainInitialize.ts';
import { plainPrompt } from '../protocol/plainPrompt.ts';
import type { App } from './app.ts';
import type { Redact } from './lib/redactFailure.ts';
import { notificationHandlers, requestHandlers } from './methods/handlers.ts';
import { serve } from './rpc/serve.ts';
import type { Table } from './rpc/table.ts';
import type { TraceEvent } from './rpc/trace.ts';
import { watchParent } from './rpc/watchParent.ts';
import type { Wire } from './rpc/wire.ts';
import { admit } from './session/admit.ts';
import { endSession } from './session/endSession.ts';
import { createSession, type Session } from './session/session.ts';
import { keepHeapSmall } from './smallHeap.ts';
import { version } from './version.ts';

export interface ServeHostOptions {
  readonly framing: 'auto' | 'content-length' | 'ndjson';
  readonly maxMessageBytes: number;
  /** That the host has to give; undefined: none. */
  readonly token?: string | undefined;
  /** Calls the listener when the process has got a signal that ends it: its name and number. */
  readonly onSignal?: (listener: (name: string, number: number) => void) => void;
}

/** How long what is left may take when the host is gone: exits of hooks. protocol 7. */
const lastWordsMs = 5000;

/** How long the last bytes may take, when the host reads slowly or not at all. */
const lastBytesMs = 500;

/** How long the rest may take, such as a storage or a plugin that does not answer. */
const lastClosingMs = 10_000;

/** After `initialize`, before what prompts will need is imported. */
const idleMs = 50;

/** Serves one host until it says exit, closes the pipe or dies, or a signal comes; then closes the app. Resolves with the exit code. */
export async function serveHost(app: App, wire: Wire, options: ServeHostOptions): Promise<number> {
  const { framing, maxMessageBytes, token } = options;
  const ended = Promise.withResolvers<number>();
  const session = createSession({
    engine: app.engine,
    config: app.config,
    extensions: app.extensions,
    secrets: app.secrets,
    server: { name: 'llm-sidecar', version, instanceId: app.instanceId },
    maxMessageBytes,
    token,
    exit: () => void leave(),
    onHost: ({ parentProcessId }) => {
      if (parentProcessId !== undefined) stopWatching = watchParent(parentProcessId, (why) => void lost(why));
    },
    onReady: () => {
      const diagnostics = app.config.diagnostics();
      if (diagnostics.length > 0) tell('config/diagnostics', { path: app.config.path, diagnostics });
      setTimeout(() => {
        keepHeapSmall();
        app.warm().catch((error: unknown) => app.log(`llm-sidecar: not warmed up: ${String(error)}`));
      }, idleMs).unref();
    },
  });
  const served = serve(wire, tableOf(session, app.redactor.redactJson), {
    framing,
    maxMessageBytes,
    maxAnswerBytes: () => session.host?.limits?.maxMessageBytes,
    admit: (method) => admit(session, method),
    onClose: (reason) => void lost(reason),
    log: app.log,
    redact: app.redactor.redactJson,
    trace: (event) => trace(session, event, tell),
  });
  const tell: Tell = (method, params) => {
    served.peer.notify(method, params).catch(() => app.log(`llm-sidecar: ${method} could not be sent`));
  };
  let stopWatching = (): void => {};
  app.onChange((diagnostics) => {
    if (session.state !== 'ready') return;
    tell('config/diagnostics', { path: app.config.path, diagnostics });
    tell('llm/modelsChanged', {});
  });

  let leaving = false;
  const leave = async (signal?: number): Promise<void> => {
    if (leaving) return;
    leaving = true;
    stopWatching();
    await within(lastWordsMs, endSession(session, signal === undefined ? 'disconnected' : 'shutdown', 0));
    await within(lastBytesMs, served.idle());
    await within(lastClosingMs, app.close());
    if (signal !== undefined) ended.resolve(128 + signal);
    else ended.resolve(session.state === 'shutDown' ? 0 : 1);
  };
  const lost = async (why: string): Promise<void> => {
    const expected = session.state === 'shuttingDown' || session.state === 'shutDown';
    if (!expected && !leaving) app.log(`llm-sidecar: ends, ${whyInWords[why] ?? why}`, { level: 'info' });
    await leave();
  };
  const stopped = async (name: string, number: number): Promise<void> => {
    if (!leaving) app.log(`llm-sidecar: ends, ${name} has come`, { level: 'info' });
    if (session.state === 'ready') session.state = 'shuttingDown';
    await leave(number);
  };
  options.onSignal?.((name, number) => void stopped(name, number));
  return ended.promise;
}

const whyInWords: Readonly<Record<string, string>> = {
  inputEnded: 'the host closed the input without shutdown',
  outputClosed: 'the host does not read any more',
  framingError: 'what the host sends cannot be read',
  closed: 'the connection is closed',
};

/** What is checked without the contracts: most hosts never need them, 15 ms and 3 MB. */
const plain = { initialize: plainInitialize, 'llm/prompt': plainPrompt } as const;

/** The contract's schemas and the handlers, joined for the connection. */
function tableOf(session: Session, redact: Redact): Table {
  const requests = Object.entries(requestHandlers).map(([method, handler]) => [
    method,
    {
      get params() {
        return clientRequests[method as keyof typeof requestHandlers].params;
      },
      ...(method in plain ? { plain: plain[method as keyof typeof plain] } : {}),
      handle: async (params: never, context: never) =>
        withoutSecrets(method, await (handler as (...all: never[]) => Promise<object>)(session as never, params, context), redact),
    },
  ]);
  const notifications = Object.entries(notificationHandlers).map(([method, handler]) => [
    method,
    {
      get params() {
        return clientNotifications[method as keyof typeof notificationHandlers].params;
      },
      handle: (params: never) => (handler as (...all: never[]) => void)(session as never, params),
    },
  ]);
  return { requests: Object.fromEntries(requests), notifications: Object.fromEntries(notifications) };
}

/** Of these, the rest is what a model or the host wrote and stays as it is, or is free of secrets where it comes from. */
const redactedInMeta: ReadonlySet<string> = new Set([
  'initialize',
  'llm/prompt',
  'llm/embed',
  'llm/models',
  'conversation/read',
  'conversation/list',
  'rpc.discover',
]);

function withoutSecrets(method: string, result: object, redact: Redact): object {
  if (!redactedInMeta.has(method)) return redact(result);
  return '_meta' in result ? { ...result, _meta: redact(result._meta) } : result;
}

type Tell = (method: string, params: object) => void;

function trace(session: Session, { direction, method, id, bytes }: TraceEvent, tell: Tell): void {
  if (session.trace === 'off' || session.state === 'new' || method === '$/logTrace') return;
  const message = `${direction === 'in' ? 'received' : 'sent'} ${method ?? 'response'}${id === null ? '' : ` ${id}`}`;
  tell('$/logTrace', session.trace === 'verbose' ? { message, verbose: `${bytes} bytes` } : { message });
}

async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work.catch(() => {}), new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
  clearTimeout(timer);
}

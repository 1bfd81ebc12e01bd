import { CancellationReceiverStrategy, createMessageConnection, NullLogger } from 'vscode-jsonrpc/node';
import { FrameReader } from '../../protocol/framing/frameReader.ts';
import { FrameWriter } from '../../protocol/framing/frameWriter.ts';
import { defaultMaxMessageBytes, type FrameProblem, type Framing } from '../../protocol/framing/framing.ts';
import { Failure } from '../lib/failure.ts';
import type { Log } from '../lib/log.ts';
import type { Redact } from '../lib/redactFailure.ts';
import { createDispatcher } from './dispatch.ts';
import type { Params, RequestId } from './envelope.ts';
import { createInbox } from './inbox.ts';
import { createInFlightTable, type InFlight } from './inFlight.ts';
import { createOutbox } from './outbox.ts';
import { createPeer, type Peer } from './peer.ts';
import type { Table } from './table.ts';
import type { TraceEvent } from './trace.ts';
import type { Wire } from './wire.ts';

/**
 * `inputEnded`: the host sends nothing more. `outputClosed`: nobody reads. `framingError`: what the host sends cannot be
 * read any further. `closed`: `close` was called.
 */
export type CloseReason = 'inputEnded' | 'outputClosed' | 'framingError' | 'closed';

export interface ServeOptions {
  /** Default `auto`: the first byte tells. */
  readonly framing?: Framing | 'auto' | undefined;
  /** The largest body accepted. Default 64 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** The largest answer that the host takes, in bytes; asked for each. A larger one becomes `messageTooLarge`. */
  maxAnswerBytes?(): number | undefined;
  /** Asked for every request before it is looked up: a failure is the answer (not initialized, shutting down). */
  admit?(method: string): Failure | null;
  /**
   * Called once, when all signals are aborted. After `inputEnded` and `framingError` the answers to what was in flight
   * still go out; await `idle`.
   */
  onClose?(reason: CloseReason): void;
  /** Text for stderr, without content of messages. Default: stderr. */
  readonly log?: Log;
  /** Takes secrets out of every error. */
  readonly redact?: Redact | undefined;
  trace?(event: TraceEvent): void;
}

export interface Served {
  readonly peer: Peer;
  /** How many requests of the host have no answer yet. */
  readonly inFlight: number;
  /** null until the host has sent its first byte. */
  readonly framing: Framing | null;
  /** Aborts all requests in flight but one; an aborted one is answered with `serverCancelled` unless its handler returns a result. */
  abortAll(except?: RequestId): void;
  /** Resolves when every request is answered and the operating system has taken every byte. Bound it: a host may not read. */
  idle(): Promise<void>;
  /** Ends the connection now: aborts everything and writes nothing more. */
  close(): void;
}

/**
 * Serves the methods of `table` on a pair of streams: generic JSON-RPC 2.0 with checked envelopes and params and one
 * AbortSignal a request. vscode-jsonrpc underneath matches the answers to our own requests.
 */
export function serve(wire: Wire, table: Table, options: ServeOptions = {}): Served {
  const { trace, redact, maxMessageBytes = defaultMaxMessageBytes } = options;
  const log = options.log ?? logToStderr;
  const inFlight = createInFlightTable();
  const lost = new AbortController();
  let ending: CloseReason | null = null;
  let finished = false;

  const reader = new FrameReader(wire.input, { framing: options.framing, maxMessageBytes, onProblem });
  const writer = new FrameWriter(wire.output, () => reader.framing ?? 'content-length');
  const outbox = createOutbox({ writer, inFlight, log, redact, trace, maxAnswerBytes: () => options.maxAnswerBytes?.() });
  const answer = async (method: string, params: Params, request: InFlight): Promise<void> => {
    const reply = await dispatcher.request(method, params, request);
    try {
      await outbox.send({ jsonrpc: '2.0', id: request.id, ...reply });
    } catch {
      // The pipe is gone, and with it whoever asked.
    }
  };
  const inbox = createInbox({
    reader,
    inFlight,
    outbox,
    request: (method, params, request) => void answer(method, params, request),
    notification: (method, params) => void dispatcher.notification(method, params, lost.signal),
    log,
    trace,
    onEmpty: () => ending !== null && finish(ending),
  });
  const connection = createMessageConnection(
    inbox,
    { onError: writer.onError, onClose: writer.onClose, write: (message) => outbox.send(message), end: nothing, dispose: nothing },
    NullLogger,
    {
      messageStrategy: { handleMessage: (message, next) => inbox.dispatch(message, next) },
      cancellationStrategy: {
        receiver: CancellationReceiverStrategy.Message,
        sender: { sendCancellation: (_, id) => peer.notify('$/cancelRequest', { id }), cleanup: nothing },
      },
    },
  );
  const peer = createPeer(connection, outbox, lost.signal);
  const dispatcher = createDispatcher({ table, peer, log, redact, admit: (method) => options.admit?.(method) ?? null });

  reader.onClose(() => end('inputEnded'));
  reader.onError((error) => log(`input: ${error.message}`));
  writer.onClose(() => end('outputClosed'));
  connection.listen();
  if (wire.output.destroyed) end('outputClosed');

  function onProblem(problem: FrameProblem): void {
    log(`${problem.kind}: ${problem.message}`);
    if (problem.kind === 'parseError') outbox.refuse(null, new Failure('parseError', problem.message));
    if (problem.kind === 'messageTooLarge')
      outbox.refuse(null, new Failure('messageTooLarge', problem.message, { limit: maxMessageBytes }));
    if (problem.fatal && problem.kind !== 'truncated') end('framingError');
  }

  /** What has arrived is still dispatched: a host may write its last requests and close its end at once. */
  function end(reason: CloseReason): void {
    if (ending !== null) return;
    ending = reason;
    const isLost = reason === 'outputClosed' || reason === 'closed';
    if (isLost) abandon();
    if (isLost || inbox.empty) finish(reason);
  }

  function finish(reason: CloseReason): void {
    if (finished) return;
    finished = true;
    connection.dispose();
    abandon();
    const endOutput = (): void => writer.end();
    idle().then(endOutput, endOutput);
    options.onClose?.(reason);
  }

  function abandon(): void {
    lost.abort();
    inFlight.abortAll('serverCancelled');
  }

  async function idle(): Promise<void> {
    await inFlight.empty();
    await writer.flush();
  }

  return {
    peer,
    get inFlight() {
      return inFlight.size;
    },
    get framing() {
      return reader.framing;
    },
    abortAll: (except) => inFlight.abortAll('serverCancelled', except),
    idle,
    close() {
      writer.dispose();
      end('closed');
    },
  };
}

function logToStderr(text: string): void {
  process.stderr.write(`${text}\n`);
}

function nothing(): void {}

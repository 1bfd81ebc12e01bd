import type { DataCallback, Message, MessageReader } from 'vscode-jsonrpc/node';
import type { FrameReader } from '../../protocol/framing/frameReader.ts';
import { Failure } from '../lib/failure.ts';
import { idKey, isRequestId, printable, readEnvelope, type Params, type RequestId } from './envelope.ts';
import type { InFlight, InFlightTable } from './inFlight.ts';
import type { Outbox } from './outbox.ts';
import type { TraceEvent } from './trace.ts';

/** The way in: vscode-jsonrpc gets only messages that it can do no wrong with. */
export interface Inbox extends MessageReader {
  /** Messages that have arrived and whose handlers have not started. */
  readonly undispatched: number;
  dispatch<Result>(message: Message, next: (message: Message) => Result): Result;
  /** The request that came with these params. */
  requestOf(params: object): InFlight;
}

export interface InboxParts {
  readonly reader: FrameReader;
  readonly inFlight: InFlightTable;
  readonly outbox: Outbox;
  log(text: string): void;
  readonly trace: ((event: TraceEvent) => void) | undefined;
  /** Everything that has arrived is dispatched, and handlers that did not have to wait are answered. */
  onEmpty(): void;
}

export function createInbox({ reader, inFlight, outbox, log, trace, onEmpty }: InboxParts): Inbox {
  /** vscode-jsonrpc does not tell a handler the id; the parsed params are an object of this request alone. */
  const requests = new WeakMap<object, InFlight>();
  /**
   * Ids of answers that wait. vscode-jsonrpc queues them by id: a second one would take the place of the first, of which
   * we would wait for ever to hear.
   */
  const answers = new Set<string>();
  let undispatched = 0;

  const receive = (value: unknown, pass: DataCallback): void => {
    const envelope = readEnvelope(value);
    const { method = null, id = null } = envelope as { method?: string; id?: RequestId | null };
    trace?.({ direction: 'in', method, id, bytes: reader.messageBytes });
    if (envelope.type === 'refused') return outbox.refuse(envelope.id, envelope.failure);
    if (envelope.type === 'ignored') return log(`ignored: ${envelope.why}`);
    if (envelope.type === 'notification' && envelope.method === '$/cancelRequest') return cancel(envelope.params);
    if (envelope.type === 'request') {
      if (inFlight.has(envelope.id)) return outbox.refuse(envelope.id, duplicateId(envelope.id));
      requests.set(envelope.params, inFlight.add(envelope.id));
    }
    if (envelope.type === 'response') {
      const key = idKey(envelope.id);
      if (answers.has(key)) return log(`ignored: a second answer to ${printable(key)}`);
      answers.add(key);
    }
    undispatched += 1;
    pass((envelope.type === 'response' ? value : toMessage(envelope)) as Message);
  };
  const cancel = ({ id }: Params): void => {
    if (isRequestId(id)) inFlight.get(id)?.abort('cancelled');
    else log('ignored: $/cancelRequest without an id');
  };

  return {
    get undispatched() {
      return undispatched;
    },
    dispatch(message, next) {
      undispatched -= 1;
      if (!('method' in message) && 'id' in message) answers.delete(String(message.id));
      if (undispatched === 0) setImmediate(onEmpty);
      return next(message);
    },
    requestOf(params) {
      const request = requests.get(params);
      if (request === undefined) throw new Error('params of no request');
      return request;
    },
    onError: reader.onError,
    onClose: reader.onClose,
    onPartialMessage: reader.onPartialMessage,
    listen: (callback) => reader.listen((value) => receive(value, callback)),
    dispose: () => reader.dispose(),
  };
}

function toMessage({ id, method, params }: { id?: RequestId; method: string; params: Params }): object {
  return id === undefined ? { jsonrpc: '2.0', method, params } : { jsonrpc: '2.0', id, method, params };
}

function duplicateId(id: RequestId): Failure {
  return new Failure(
    'duplicateId',
    `A request with the id ${JSON.stringify(id)} is still running. Ids are unique among the requests in flight; 1 and "1" are the same.`,
  );
}

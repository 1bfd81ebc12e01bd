import type { DataCallback, Message, MessageReader } from 'vscode-jsonrpc/node';
import type { FrameReader } from '../../protocol/framing/frameReader.ts';
import { Failure } from '../lib/failure.ts';
import { idKey, isRequestId, printable, readEnvelope, type Params, type RequestId } from './envelope.ts';
import type { InFlight, InFlightTable } from './inFlight.ts';
import type { Outbox } from './outbox.ts';
import type { TraceEvent } from './trace.ts';
import { createTurnQueue } from './turnQueue.ts';

/** The way in: requests and notifications begin here, and vscode-jsonrpc gets the answers to our own requests. */
export interface Inbox extends MessageReader {
  /** Nothing that has arrived waits to begin, or has begun in this turn of the event loop. */
  readonly empty: boolean;
  dispatch<Result>(message: Message, next: (message: Message) => Result): Result;
}

export interface InboxParts {
  readonly reader: FrameReader;
  readonly inFlight: InFlightTable;
  readonly outbox: Outbox;
  /** Both are called in the order of arrival and do not throw. */
  request(method: string, params: Params, request: InFlight): void;
  notification(method: string, params: Params): void;
  log(text: string): void;
  readonly trace: ((event: TraceEvent) => void) | undefined;
  /** Everything that has arrived is dispatched, and handlers that did not have to wait are answered. */
  onEmpty(): void;
}

export function createInbox({ reader, inFlight, outbox, request, notification, log, trace, onEmpty }: InboxParts): Inbox {
  /**
   * Ids of answers that wait. vscode-jsonrpc queues them by id: a second one would take the place of the first, of which
   * we would wait for ever to hear.
   */
  const answers = new Set<string>();
  const isEmpty = (): boolean => turns.empty && answers.size === 0;
  const emptied = (): void => {
    if (isEmpty()) onEmpty();
  };
  const turns = createTurnQueue(emptied);

  const receive = (value: unknown, pass: DataCallback): void => {
    const envelope = readEnvelope(value);
    const { method = null, id = null } = envelope as { method?: string; id?: RequestId | null };
    trace?.({ direction: 'in', method, id, bytes: reader.messageBytes });
    if (envelope.type === 'refused') return outbox.refuse(envelope.id, envelope.failure);
    if (envelope.type === 'ignored') return log(`ignored: ${envelope.why}`);
    if (envelope.type === 'notification' && envelope.method === '$/cancelRequest') return cancel(envelope.params);
    if (envelope.type === 'request') {
      if (inFlight.has(envelope.id)) return outbox.refuse(envelope.id, duplicateId(envelope.id));
      const entry = inFlight.add(envelope.id);
      return turns.add(() => request(envelope.method, envelope.params, entry));
    }
    if (envelope.type === 'notification') return turns.add(() => notification(envelope.method, envelope.params));
    const key = idKey(envelope.id);
    if (answers.has(key)) return log(`ignored: a second answer to ${printable(key)}`);
    answers.add(key);
    pass(value as Message);
  };
  const cancel = ({ id }: Params): void => {
    if (isRequestId(id)) inFlight.get(id)?.abort('cancelled');
    else log('ignored: $/cancelRequest without an id');
  };

  return {
    get empty() {
      return isEmpty();
    },
    dispatch(message, next) {
      if ('id' in message) answers.delete(String(message.id));
      if (isEmpty()) setImmediate(emptied);
      return next(message);
    },
    onError: reader.onError,
    onClose: reader.onClose,
    onPartialMessage: reader.onPartialMessage,
    listen: (callback) => reader.listen((value) => receive(value, callback)),
    dispose: () => reader.dispose(),
  };
}

function duplicateId(id: RequestId): Failure {
  return new Failure(
    'duplicateId',
    `A request with the id ${JSON.stringify(id)} is still running. Ids are unique among the requests in flight; 1 and "1" are the same.`,
  );
}

import { Failure, nothingSent } from '../../lib/failure.ts';
import type { Deadline, Deadlines } from '../../policy/timeouts.ts';

export interface DeadlineWatch {
  /** A request goes out, a connection is looked for. */
  sending(): void;
  connected(): void;
  /** Bytes have come: only the time is noted. */
  arrived(): void;
  /** The answer itself has begun. */
  begun(): void;
  stop(): void;
}

type Name = 'connect' | 'firstToken' | 'idle';

/**
 * One timer for a call: it is set anew when it has run out too early and when something is due before it does, never for a piece
 * of an answer.
 */
export function watchDeadlines(deadlines: Deadlines, name: string, fail: (failure: Failure) => void): DeadlineWatch {
  const opened = performance.now();
  let connectingSince: number | undefined;
  let arrivedAt: number | undefined;
  let hasBegun = false;
  let timer: NodeJS.Timeout | undefined;
  /** When the timer runs out. */
  let checkAt = Infinity;

  const next = (): { readonly what: Name; readonly at: number } | undefined => {
    const due: { what: Name; at: number }[] = [];
    const add = (what: Name, since: number): void => void due.push({ what, at: since + deadlines[what].ms });
    if (connectingSince !== undefined) add('connect', connectingSince);
    if (!hasBegun) add('firstToken', opened);
    if (arrivedAt !== undefined) add('idle', arrivedAt);
    return due.toSorted((a, b) => a.at - b.at)[0];
  };
  const check = (): void => {
    const due = next();
    checkAt = Infinity;
    if (due !== undefined && performance.now() >= due.at) fail(missed(due.what, deadlines[due.what], name));
    else set();
  };
  const set = (): void => {
    const due = next();
    if (due === undefined || due.at >= checkAt) return;
    clearTimeout(timer);
    checkAt = due.at;
    timer = setTimeout(check, Math.min(Math.ceil(due.at - performance.now()) + 1, longestTimerMs));
  };
  set();
  return {
    sending() {
      connectingSince = performance.now();
      set();
    },
    connected() {
      connectingSince = undefined;
    },
    arrived() {
      const isFirst = arrivedAt === undefined;
      arrivedAt = performance.now();
      if (isFirst) set();
    },
    begun() {
      hasBegun = true;
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

const longestTimerMs = 2_147_483_647;

function missed(what: Name, { ms, key }: Deadline, name: string): Failure {
  const time = ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
  const detail = { retryable: true, provider: { name }, limit: { deadline: what, ms } };
  const raise = `Raise ${key} in the configuration`;
  switch (what) {
    case 'connect':
      return new Failure(
        'providerTimeout',
        `There was no connection to ${name} within ${time}. Check base_url and the network. ${raise} if it is slow.`,
        detail,
        { cause: nothingSent },
      );
    case 'firstToken':
      return new Failure(
        'providerTimeout',
        `${name} sent nothing of an answer within ${time}. ${raise}, try again, or use another model.`,
        detail,
      );
    case 'idle':
      return new Failure(
        'providerTimeout',
        `${name} sent nothing for ${time} in the middle of its answer. ${raise}, try again, or use another model.`,
        detail,
      );
  }
}

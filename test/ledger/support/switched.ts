import { Failure } from '../../../src/lib/failure.ts';
import { createSqlLedger, type SqlLedger, type SqlLedgerOptions } from '../../../src/ledger/sqlLedger.ts';
import { migrations } from '../../../src/store/migrations.ts';
import { createStore, type LazyStore, type Store } from '../../../src/store/store.ts';
import { noon } from './ledgers.ts';

interface Switch {
  /** away: nothing works. lost: everything is done and its answer is lost. hung: no answer comes until it is something else. */
  is: 'there' | 'away' | 'lost' | 'hung';
  /** Calls that hang. */
  hanging: number;
}

export interface Switched extends SqlLedger, AsyncDisposable {
  readonly lines: string[];
  readonly state: Switch;
}

/** As patient as `openLedger`, unless it is to hang. */
export function openSwitched(location: string, options: Partial<SqlLedgerOptions> = {}): Switched {
  const state: Switch = { is: 'there', hanging: 0 };
  const lines: string[] = [];
  const store = createStore(location, migrations);
  const ledger = createSqlLedger({
    store: switched(store, state),
    instanceId: 'one',
    log: (line) => void lines.push(line),
    now: () => noon,
    patienceMs: 60_000,
    ...options,
  });
  return {
    ...ledger,
    lines,
    state,
    async [Symbol.asyncDispose]() {
      if (state.is === 'hung') state.is = 'away';
      await ledger.close();
      await store.close();
    },
  };
}

/** A store that can be away. */
function switched(store: LazyStore, state: Switch): LazyStore {
  const away = () => new Failure('storageUnavailable', 'The storage is away.', { retryable: true });
  const reached = async (): Promise<void> => {
    state.hanging++;
    while (state.is === 'hung') await new Promise((resolve) => setTimeout(resolve, 5));
    state.hanging--;
    if (state.is === 'away') throw away();
  };
  const answered = async <T>(work: () => Promise<T>): Promise<T> => {
    await reached();
    const result = await work();
    if (state.is === 'lost') throw away();
    return result;
  };
  return {
    async open() {
      if (state.is === 'away') throw away();
      const db = await store.open();
      const wrapped: Store = {
        ...db,
        async read(work) {
          await reached();
          return db.read(work);
        },
        write: async (work) => answered(async () => db.write(work)),
        transact: async (work) => answered(async () => db.transact(work)),
      };
      return wrapped;
    },
    close: async () => store.close(),
  };
}

import type { SecretTable } from './secretStoreTable.ts';

/** When and for whom secrets were used last, written together now and then: a prompt does not wait for a disk. */
export interface SecretUses {
  /** Synchronous. */
  note(id: number, by: string | null): void;
  /** Never rejects. */
  flush(): Promise<void>;
}

interface Use {
  readonly at: Date;
  readonly by: string | null;
}

/** How long uses are gathered. */
const defaultPauseMs = 5000;

export function createSecretUses(
  table: Pick<SecretTable, 'write'>,
  { log, pauseMs = defaultPauseMs }: { readonly log: (line: string) => void; readonly pauseMs?: number },
): SecretUses {
  let pending = new Map<number, Use>();
  let timer: NodeJS.Timeout | undefined;
  let failed = false;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const uses = pending;
    pending = new Map();
    if (uses.size === 0) return;
    try {
      await table.write(async (rows) => {
        for (const [id, use] of uses) await rows.markUsed(id, use);
      });
      failed = false;
    } catch (error) {
      pending = new Map([...uses, ...pending]);
      if (!failed) log(`llm-sidecar: when secrets were used last is not written: ${error instanceof Error ? error.message : 'failed'}`);
      failed = true;
    }
  };

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    await writing;
  };

  return {
    note(id, by) {
      pending.set(id, { at: new Date(), by });
      timer ??= setTimeout(() => void flush(), pauseMs).unref();
    },
    flush,
  };
}

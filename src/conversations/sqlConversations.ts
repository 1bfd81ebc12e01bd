import { sql } from 'kysely';
import type { ConversationStore, StoredConversation } from '../engine/conversationStore.ts';
import { Failure } from '../lib/failure.ts';
import type { LazyStore, Store, Tx } from '../store/store.ts';
import { measured } from './measured.ts';

/** Of the messages of one conversation, as UTF-8 JSON. */
const bytesOfOne = 64 * 1024 * 1024;

/** For as long as the storage is there, for all sidecars that share it. A turn is kept only where nobody else has added one meanwhile. */
export function createSqlConversations({ store }: { readonly store: LazyStore }): ConversationStore {
  return {
    async read(id) {
      const { read } = await store.open();
      const row = await read(async (db) => db.selectFrom('llm_sidecar_conversations').selectAll().where('id', '=', id).executeTakeFirst());
      if (row === undefined) return null;
      const { name, model, updated_at: updatedAt, messages } = row;
      return { id, name, model, updatedAt, messages: JSON.parse(messages) as StoredConversation['messages'] };
    },

    async write(conversation, continues) {
      const { json, turns } = measured(conversation, bytesOfOne);
      const { id, name, model, updatedAt } = conversation;
      const { kind, write } = await store.open();
      await write(async (tx) => {
        const updated = await freeTime(tx, kind, laterThan(continues, updatedAt));
        const row = { name, model, messages: json, turns, updated_at: updated };
        const kept = continues === null ? await begin(tx, { id, ...row }) : await goOn(tx, id, continues, row);
        if (!kept) throw changedMeanwhile(id);
      });
    },

    async delete(id) {
      const { write } = await store.open();
      const { numDeletedRows } = await write(async (tx) =>
        tx.deleteFrom('llm_sidecar_conversations').where('id', '=', id).executeTakeFirstOrThrow(),
      );
      return numDeletedRows > 0n;
    },

    async list({ limit, before }) {
      const { read } = await store.open();
      const rows = await read(async (db) =>
        db
          .selectFrom('llm_sidecar_conversations')
          .select(['id', 'name', 'model', 'turns', 'updated_at as updatedAt'])
          .$if(before !== undefined, (query) => query.where('updated_at', '<', before ?? ''))
          .orderBy('updated_at', 'desc')
          .limit(limit)
          .execute(),
      );
      return rows;
    },
  };
}

type Row = { name: string; model: string; messages: string; turns: number; updated_at: string };

async function begin(tx: Tx, row: Row & { id: string }): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('llm_sidecar_conversations')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

async function goOn(tx: Tx, id: string, continues: string, row: Row): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('llm_sidecar_conversations')
    .set(row)
    .where('id', '=', id)
    .where('updated_at', '=', continues)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** The clock of this machine may lag behind that of the one which wrote the turn before. */
function laterThan(continues: string | null, updatedAt: string): string {
  return continues === null || continues < updatedAt ? updatedAt : millisecondAfter(continues);
}

/** The lock of PostgreSQL for the times of conversations: any number that nobody else uses. */
const timesLock = 5_271_904_419;

/** No two have the same time, or a page of a listing would lose one. */
async function freeTime(tx: Tx, kind: Store['kind'], wanted: string): Promise<string> {
  if (kind === 'postgres') await sql`select pg_advisory_xact_lock(${timesLock})`.execute(tx);
  const taken = tx.selectFrom('llm_sidecar_conversations').select('id');
  let time = wanted;
  while ((await taken.where('updated_at', '=', time).executeTakeFirst()) !== undefined) time = millisecondAfter(time);
  return time;
}

function millisecondAfter(time: string): string {
  return new Date(Date.parse(time) + 1).toISOString();
}

function changedMeanwhile(id: string): Failure {
  return new Failure(
    'storageUnavailable',
    `Another sidecar has continued or deleted the conversation "${id}" meanwhile: this turn is not remembered. Send it again to have it answered after the other one.`,
    { retryable: true },
  );
}

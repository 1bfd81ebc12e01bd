import { setImmediate } from 'node:timers/promises';
import { sql, type RawBuilder } from 'kysely';
import type { Store } from '../store/store.ts';
import { endGroup } from './groupRows.ts';
import { expireResponse } from './settle.ts';

/** What this process has open. */
export interface Leases {
  /** By id: what each has cost at least by now. Nanocents. */
  readonly responses: Map<string, bigint>;
  readonly groups: Set<string>;
}

/** Found at once; what is left over is found the next time. */
const expiredAtOnce = 1000;

/** Where responses are that are open. */
const tables = ['llm_sidecar_intake', 'llm_sidecar_responses'] as const;

/** A statement for all responses of a table and one for all groups. */
export async function renewLeases(store: Store, { responses, groups }: Leases, leaseUntil: Date): Promise<void> {
  if (responses.size === 0 && groups.size === 0) return;
  const until = leaseUntil.toISOString();
  const seen = JSON.stringify(Object.fromEntries([...responses].map(([id, amount]) => [id, String(amount)])));
  const ids = JSON.stringify(Object.fromEntries([...groups].map((id) => [id, ''])));
  await store.write(async (tx) => {
    for (const table of responses.size > 0 ? tables : [])
      await sql`update ${sql.table(table)} set lease_until = ${until}, seen_nanocents = cast(open.value as bigint)
        from ${entriesOf(store, seen)} as open where open.key = ${sql.ref(`${table}.id`)} and state = 'open'`.execute(tx);
    if (groups.size > 0)
      await sql`update llm_sidecar_groups set lease_until = ${until}
        from ${entriesOf(store, ids)} as open where open.key = llm_sidecar_groups.id and state = 'open'`.execute(tx);
  });
}

/**
 * Ends what was not renewed until `at`: its process is gone, or was asleep and corrects it later. What this process has
 * open is left alone.
 */
export async function expireLeases(store: Store, ours: Leases, at: Date): Promise<void> {
  const moment = at.toISOString();
  const due = async (table: (typeof tables)[number] | 'llm_sidecar_groups'): Promise<string[]> => {
    const rows = await store.read(async (db) =>
      db.selectFrom(table).select('id').where('state', '=', 'open').where('lease_until', '<', moment).limit(expiredAtOnce).execute(),
    );
    return rows.map(({ id }) => id);
  };
  for (const id of [...(await due(tables[0])), ...(await due(tables[1]))]) {
    if (ours.responses.has(id)) continue;
    await store.transact((db, kind) => expireResponse(db, kind, id, moment));
    await setImmediate();
  }
  for (const id of await due('llm_sidecar_groups')) {
    if (ours.groups.has(id)) continue;
    await store.transact((db, kind) => endGroup(db, kind, id, { state: 'expired', at: moment }));
    await setImmediate();
  }
}

function entriesOf(store: Store, object: string): RawBuilder<unknown> {
  return store.kind === 'sqlite' ? sql`json_each(${object})` : sql`json_each_text(${object}::json)`;
}

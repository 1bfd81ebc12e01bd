import { sql, type CreateTableBuilder } from 'kysely';
import type { Migration } from './migrate.ts';
import { searchVector } from './search.ts';
import type { StoreKind, Tx } from './store.ts';

/** What the storage of llm-sidecar has, in the order in which it came. */
export const migrations: readonly Migration[] = [
  {
    name: '0001 responses, budgets, groups, conversations',
    run: async (tx, kind) => {
      await makeResponses(tx);
      await makeBudgets(tx);
      await tx.schema
        .createTable('llm_sidecar_conversations')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('model', 'text', (column) => column.notNull())
        .addColumn('messages', 'text', (column) => column.notNull())
        .addColumn('turns', 'integer', (column) => column.notNull())
        .addColumn('updated_at', 'text', (column) => column.notNull())
        .execute();
      await index(tx, 'llm_sidecar_conversations', ['updated_at']);
      await makeSearch(tx, kind);
    },
  },
  {
    name: '0002 less to write at every response',
    run: async (tx, kind) => {
      if (kind !== 'sqlite') return;
      // One tree instead of two: the key is all that is looked for.
      await withoutRowid(tx, 'llm_sidecar_budgets', 'spent_nanocents bigint not null, reserved_nanocents bigint not null,', [
        'budget',
        'window_start',
      ]);
      await withoutRowid(tx, 'llm_sidecar_holds', '', ['holder_id', 'budget', 'window_start']);
      // Where no actors are named, nothing is to be found by them.
      await sql`drop index llm_sidecar_responses_actor_id_started_at`.execute(tx);
      await sql`create index llm_sidecar_responses_actor on llm_sidecar_responses (actor_id, started_at) where actor_id is not null`.execute(
        tx,
      );
    },
  },
  {
    name: '0003 a place for responses that have just begun or ended',
    run: async (tx, kind) => {
      const table = responseColumns(tx.schema.createTable('llm_sidecar_intake')).addColumn('budgets', 'text', (column) => column.notNull());
      await (kind === 'sqlite' ? table.modifyEnd(sql`without rowid`) : table).execute();
    },
  },
];

async function withoutRowid(tx: Tx, table: string, columns: string, key: readonly string[]): Promise<void> {
  const texts = key.map((name) => `${name} text not null,`).join(' ');
  await sql.raw(`alter table ${table} rename to ${table}_old`).execute(tx);
  await sql.raw(`create table ${table} (${texts} ${columns} primary key (${key.join(', ')})) without rowid`).execute(tx);
  const all = [...key, ...columns.matchAll(/\w+_nanocents/g)].join(', ');
  await sql.raw(`insert into ${table} (${all}) select ${all} from ${table}_old`).execute(tx);
  await sql.raw(`drop table ${table}_old`).execute(tx);
}

function responseColumns<Name extends string>(made: CreateTableBuilder<Name, string>): CreateTableBuilder<Name, string> {
  const table = texts(
    made.addColumn('id', 'text', (column) => column.primaryKey()),
    ['prompt_id', 'kind', 'model', 'provider', 'state', 'instance_id', 'started_at'],
    ['group_id', 'conversation_id', 'purpose', 'actor_id', 'key_source', 'outcome', 'stop_reason', 'error_kind', 'cost_source'],
  );
  return texts(table, [], ['price_id', 'group_hold_id', 'lease_until', 'settled_at'])
    .addColumn('step', 'integer', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('input_tokens', 'bigint')
    .addColumn('output_tokens', 'bigint')
    .addColumn('reasoning_tokens', 'bigint')
    .addColumn('cache_read_tokens', 'bigint')
    .addColumn('cache_write_tokens', 'bigint')
    .addColumn('cost_nanocents', 'bigint')
    .addColumn('charged_nanocents', 'bigint', (column) => column.notNull())
    .addColumn('reserved_nanocents', 'bigint', (column) => column.notNull())
    .addColumn('drawn_nanocents', 'bigint', (column) => column.notNull())
    .addColumn('seen_nanocents', 'bigint', (column) => column.notNull())
    .addColumn('first_delta_ms', 'double precision')
    .addColumn('duration_ms', 'double precision');
}

async function makeResponses(tx: Tx): Promise<void> {
  await responseColumns(tx.schema.createTable('llm_sidecar_responses')).execute();
  await index(tx, 'llm_sidecar_responses', ['started_at']);
  // A budget of each actor begins with what that one has spent in its window.
  await index(tx, 'llm_sidecar_responses', ['actor_id', 'started_at']);
  await index(tx, 'llm_sidecar_responses', ['prompt_id']);
  // Those that are open are few, whatever the size of the table.
  await sql`create index llm_sidecar_responses_open on llm_sidecar_responses (lease_until) where state = 'open'`.execute(tx);
}

async function makeBudgets(tx: Tx): Promise<void> {
  await texts(
    tx.schema.createTable('llm_sidecar_groups').addColumn('id', 'text', (column) => column.primaryKey()),
    ['group_id', 'state', 'instance_id', 'opened_at'],
    ['lease_until', 'settled_at'],
  )
    .addColumn('reserved_nanocents', 'bigint', (column) => column.notNull())
    .execute();
  await sql`create index llm_sidecar_groups_open on llm_sidecar_groups (lease_until) where state = 'open'`.execute(tx);
  await texts(tx.schema.createTable('llm_sidecar_budgets'), ['budget', 'window_start'], [])
    .addColumn('spent_nanocents', 'bigint', (column) => column.notNull())
    .addColumn('reserved_nanocents', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('llm_sidecar_budgets_key', ['budget', 'window_start'])
    .execute();
  await texts(tx.schema.createTable('llm_sidecar_holds'), ['holder_id', 'budget', 'window_start'], [])
    .addPrimaryKeyConstraint('llm_sidecar_holds_key', ['holder_id', 'budget', 'window_start'])
    .execute();
}

async function makeSearch(tx: Tx, kind: StoreKind): Promise<void> {
  const contents = tx.schema.createTable('llm_sidecar_contents');
  // The search of SQLite needs a number of the row that VACUUM does not change.
  const identified =
    kind === 'sqlite'
      ? contents
          .addColumn('number', 'integer', (column) => column.primaryKey())
          .addColumn('response_id', 'text', (column) => column.notNull().unique())
      : contents.addColumn('response_id', 'text', (column) => column.primaryKey());
  await texts(identified, ['request', 'answer', 'search_text'], []).execute();
  if (kind === 'postgres') {
    await sql`create index llm_sidecar_contents_search on llm_sidecar_contents using gin (${searchVector})`.execute(tx);
    return;
  }
  await sql`create virtual table llm_sidecar_search
    using fts5(search_text, content='llm_sidecar_contents', content_rowid='number', tokenize='unicode61 remove_diacritics 2')`.execute(tx);
  await sql`create trigger llm_sidecar_search_insert after insert on llm_sidecar_contents begin
    insert into llm_sidecar_search(rowid, search_text) values (new.number, new.search_text);
  end`.execute(tx);
  await sql`create trigger llm_sidecar_search_delete after delete on llm_sidecar_contents begin
    insert into llm_sidecar_search(llm_sidecar_search, rowid, search_text) values ('delete', old.number, old.search_text);
  end`.execute(tx);
}

async function index(tx: Tx, table: string, columns: readonly string[]): Promise<void> {
  await tx.schema
    .createIndex(`${table}_${columns.join('_')}`)
    .on(table)
    .columns([...columns])
    .execute();
}

function texts<Name extends string>(
  table: CreateTableBuilder<Name, string>,
  required: readonly string[],
  optional: readonly string[],
): CreateTableBuilder<Name, string> {
  const withRequired = required.reduce((made, name) => made.addColumn(name, 'text', (column) => column.notNull()), table);
  return optional.reduce((made, name) => made.addColumn(name, 'text'), withRequired);
}

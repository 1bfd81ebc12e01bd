import type { SelectQueryBuilder } from 'kysely';
import type { StoreKind } from '../store/store.ts';

/** Until the transaction ends nobody else changes these rows. SQLite has one writer at a time anyway. */
export function locked<Database, Table extends keyof Database, Row>(
  kind: StoreKind,
  query: SelectQueryBuilder<Database, Table, Row>,
): SelectQueryBuilder<Database, Table, Row> {
  return kind === 'postgres' ? query.forUpdate() : query;
}

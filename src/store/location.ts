import type { StoreKind } from './store.ts';

export function storeKind(location: string): StoreKind {
  return /^postgres(ql)?:\/\//i.test(location) ? 'postgres' : 'sqlite';
}

/** For messages: the path of a file as it is, of an address host and database. */
export function withoutPassword(location: string): string {
  if (storeKind(location) === 'sqlite') return location;
  const url = URL.parse(location);
  const path = url?.pathname ?? '';
  // Where a password holds what should have been escaped, a part of it looks like something else.
  const isClear = url !== null && !path.includes('@') && (url.username !== '' || !location.includes('@'));
  return isClear ? `${url.protocol}//${url.host}${path}` : 'postgres://…';
}

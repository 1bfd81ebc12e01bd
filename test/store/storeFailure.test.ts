import { expect, test } from 'vitest';
import { Failure } from '../../src/lib/failure.ts';
import { withoutPassword } from '../../src/store/location.ts';
import { isBusy, storeFailure } from '../../src/store/storeFailure.ts';

test.each([
  ['/data/sidecar.db', '/data/sidecar.db'],
  ['/home/ann@work/a:b.db', '/home/ann@work/a:b.db'],
  ['postgres://db.example.com/llm', 'postgres://db.example.com/llm'],
  ['postgres://ann:secret@db.example.com:5433/llm', 'postgres://db.example.com:5433/llm'],
  ['postgresql://ann:s%40cret@[::1]/llm?sslmode=verify-full', 'postgresql://[::1]/llm'],
  ['POSTGRES://ann:secret@db/llm', 'postgres://db/llm'],
  ['postgres://ann@db/llm?password=secret', 'postgres://db/llm'],
  ['postgres://db/llm?user=ann&password=s@cret', 'postgres://…'],
  ['postgres://ann:se@cret@db/llm', 'postgres://db/llm'],
  ['postgres://ann:sec/ret@db/llm', 'postgres://…'],
  ['postgres://ann:12/secret@db/llm', 'postgres://…'],
  ['postgres://ann:12#secret@db/llm', 'postgres://…'],
  ['postgres://ann:12?secret@db/llm', 'postgres://…'],
  ['postgres://ann:se cret@db/llm', 'postgres://db/llm'],
  ['postgres:///llm?host=/run/postgresql', 'postgres:///llm'],
])('of %s a message says %s', (location, said) => {
  expect(withoutPassword(location)).toBe(said);
});

const withCode = (code: string, message = 'with secret'): Error => Object.assign(new Error(message), { code });
const ofSqlite = (errcode: number): Error => Object.assign(withCode('ERR_SQLITE_ERROR'), { errcode });

test.each<[string, Error, string, RegExp]>([
  ['a full disk', ofSqlite(13), '/a.db', /^The storage \/a\.db cannot be written: the disk is full\./],
  ['an error of the disk', ofSqlite(10 + 256 * 3), '/a.db', /the disk reports an error/],
  ['a read-only file, moved', ofSqlite(8 + 256 * 4), '/a.db', /it is read-only/],
  ['an error that nobody knows', ofSqlite(22), '/a.db', /cannot be used \(SQLite error 22\)/],
  ['a disk that is read-only', withCode('EROFS'), '/a.db', /its disk is read-only/],
  ['a quota', withCode('EDQUOT'), '/a.db', /the quota of this user is used up/],
  ['too many files', withCode('EMFILE'), '/a.db', /too many files are open/],
  ['a reset connection', withCode('ECONNRESET'), 'postgres://h/d', /cannot be reached\. See that the server runs/],
  ['a socket that is missing', withCode('ENOENT'), 'postgres:///d?host=/run/x', /cannot be reached\. See that the server runs/],
  ['a certificate of its own', withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'postgres://h/d', /cannot be trusted: DEPTH_ZERO_SELF_SIGNED_CERT/],
  [
    'a certificate of another',
    withCode('ERR_TLS_CERT_ALTNAME_INVALID'),
    'postgres://h/d',
    /cannot be trusted: ERR_TLS_CERT_ALTNAME_INVALID/,
  ],
  ['a server that starts', withCode('57P03'), 'postgres://h/d', /the server is shutting down or starting/],
  ['too many connections', withCode('53300'), 'postgres://h/d', /has no room: the server is out of disk, memory or connections/],
  ['a full disk of the server', withCode('53100'), 'postgres://h/d', /has no room/],
  ['a deadlock', withCode('40P01'), 'postgres://h/d', /is too busy; it is tried again/],
  ['no connection that is free', new Error('timeout exceeded when trying to connect'), 'postgres://h/d', /is too busy; it is tried again/],
  ['no connection', new Error('Connection terminated due to connection timeout'), 'postgres://h/d', /the connection was closed/],
])('%s is said', (_, error, location, message) => {
  const failure = storeFailure(error, location);
  expect(failure).toMatchObject({ kind: 'storageUnavailable', message: expect.stringMatching(message), detail: { retryable: true } });
  expect((failure as Error).message).not.toContain('secret');
});

test.each<[string, unknown, string]>([
  ['a refusal', new Failure('budgetExceeded', 'no'), '/a.db'],
  ['a defect', new TypeError('x is not a function'), '/a.db'],
  ['SQL that is wrong', ofSqlite(1), '/a.db'],
  ['a key that is there already', ofSqlite(19 + 256 * 6), '/a.db'],
  ['a key that is there already', withCode('23505'), 'postgres://h/d'],
  ['SQL that is wrong', withCode('42601'), 'postgres://h/d'],
  ['what is thrown', 'text', 'postgres://h/d'],
])('%s stays what it is', (_, error, location) => {
  expect(storeFailure(error, location)).toBe(error);
});

test.each<[unknown, boolean]>([
  [ofSqlite(5), true],
  [ofSqlite(5 + 256 * 2), true],
  [ofSqlite(6), true],
  [ofSqlite(13), false],
  [withCode('40001'), true],
  [withCode('40P01'), true],
  [withCode('55P03'), true],
  [withCode('57P01'), false],
  [new Error('busy'), false],
])('%o is tried again: %s', (error, busy) => {
  expect(isBusy(error)).toBe(busy);
});

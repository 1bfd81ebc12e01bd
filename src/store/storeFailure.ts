import { Failure } from '../lib/failure.ts';
import { storeKind, withoutPassword } from './location.ts';

/**
 * What a database did wrong, in words that say what to do and hold neither its password nor anything that was to be
 * written. A Failure stays as it is; a defect of ours stays one.
 */
export function storeFailure(error: unknown, location: string): unknown {
  if (error instanceof Failure) return error;
  const reason = storeKind(location) === 'sqlite' ? sqliteReason(error) : postgresReason(error);
  if (reason === null) return error;
  return new Failure('storageUnavailable', `The storage ${withoutPassword(location)} ${reason}`, { retryable: true }, { cause: error });
}

/** Another process holds the database, or two transactions met: the same work can succeed a moment later. */
export function isBusy(error: unknown): boolean {
  return [5, 6].includes(sqliteCode(error) ?? -1) || ['40001', '40P01', '55P03'].includes(codeOf(error));
}

function sqliteReason(error: unknown): string | null {
  const code = codeOf(error);
  const primary = sqliteCode(error);
  if (primary !== null) return sqliteReasons[primary] ?? `cannot be used (SQLite error ${primary}): see whether its file is whole.`;
  return fileReasons[code] ?? (code === 'ERR_INVALID_STATE' || isClosed(error) ? closed : null);
}

function postgresReason(error: unknown): string | null {
  const code = codeOf(error);
  if (networkCodes.has(code)) return unreachable;
  if (/^[0-9A-Z]{5}$/.test(code)) return postgresReasons[code] ?? postgresReasons[code.slice(0, 2)] ?? null;
  if (code === 'ERR_INVALID_URL' || error instanceof URIError) {
    return 'cannot be used: its address is not a URL. Write what is special in the user name and the password as %40 (@), %2F (/), %3A (:), %23 (#), %3F (?), %25 (%).';
  }
  if (certificateCode.test(code)) return `cannot be trusted: ${code}. See sslmode and sslrootcert in the address.`;
  const message = error instanceof Error ? error.message : '';
  if (message === noneFree) return postgresReasons['40'] ?? null;
  if (message.startsWith('SASL: ')) return postgresReasons['28'] ?? null;
  if (/SSL connection/.test(message)) return 'cannot be reached safely: the server does not do SSL as sslmode in the address wants it.';
  return isClosed(error) || connectionLost.test(message) ? closed : null;
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && /^(closed|driver has already been destroyed|Cannot use a pool)/.test(error.message);
}

/** All connections of this process are in use; what a new one says that cannot be made is something else. */
const noneFree = 'timeout exceeded when trying to connect';
const connectionLost =
  /^(Connection terminated|timeout (exceeded|expired)|Query read timeout|Client (was closed|has encountered)|Postgres connection)/;
const certificateCode = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;
const closed = 'cannot be reached: the connection was closed. See that the server runs; it is tried again.';

/** https://sqlite.org/rescode.html, primary codes. */
const sqliteReasons: Readonly<Record<number, string>> = {
  3: 'may not be used: permission denied. Make its file and folder writable for this user.',
  5: 'is locked by another process for too long. Close what holds it, or wait.',
  6: 'is locked by another process for too long. Close what holds it, or wait.',
  8: 'cannot be written: it is read-only. Make its file and folder writable, or set storage to another file.',
  10: 'cannot be read or written: the disk reports an error. Check the disk.',
  11: 'is damaged. Restore it from a backup, or move it away to begin a new one.',
  13: 'cannot be written: the disk is full. Free some space.',
  14: 'cannot be opened. See that its folder exists and is writable, or set storage to another file.',
  26: 'is not a SQLite database. Set storage to another file, or move this one away.',
};

const fileReasons: Readonly<Record<string, string>> = {
  EACCES: 'may not be used: permission denied. Make its file and folder writable for this user.',
  EPERM: 'may not be used: permission denied. Make its file and folder writable for this user.',
  EROFS: 'cannot be written: its disk is read-only. Set storage to another file.',
  ENOSPC: 'cannot be written: the disk is full. Free some space.',
  EDQUOT: 'cannot be written: the quota of this user is used up. Free some space.',
  ENOTDIR: 'cannot be opened: a part of its path is a file. Set storage to another path.',
  EEXIST: 'cannot be opened: a part of its path is a file. Set storage to another path.',
  EISDIR: 'cannot be opened: it is a folder. Set storage to the path of a file in it.',
  ELOOP: 'cannot be opened: its path is a circle of links.',
  ENAMETOOLONG: 'cannot be opened: its path is too long.',
  EMFILE: 'cannot be opened: too many files are open.',
  ENFILE: 'cannot be opened: too many files are open.',
};

const unreachable = 'cannot be reached. See that the server runs and that the address in storage is right; it is tried again.';
const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EPIPE',
  'EAI_AGAIN',
  'EACCES',
]);

/** https://www.postgresql.org/docs/current/errcodes-appendix.html, by code or class. */
const postgresReasons: Readonly<Record<string, string>> = {
  '08': unreachable,
  '25006': 'cannot be written: the server, or this user, is read-only. Set storage to a primary server and a user that may write.',
  '57014': 'is too slow: a statement took longer than it may. See what keeps the server busy; it is tried again.',
  '28': 'refuses this user or password. Correct the address in storage.',
  '3D000': 'does not exist on the server. Create the database, or correct the address in storage.',
  '42501': 'may not be used by this user: grant it CREATE and the use of its tables.',
  '53': 'has no room: the server is out of disk, memory or connections.',
  '55': 'is in use by another process for too long; it is tried again.',
  '57': 'cannot be reached: the server is shutting down or starting; it is tried again.',
  '58': 'has trouble with its disk. See the log of the server.',
  XX: 'is damaged. See the log of the server.',
  '40': 'is too busy; it is tried again.',
};

function sqliteCode(error: unknown): number | null {
  if (codeOf(error) !== 'ERR_SQLITE_ERROR' || !(error instanceof Error) || !('errcode' in error)) return null;
  // The lower byte is the primary code. 1 and the codes of a constraint or misuse are defects of ours.
  const primary = Number(error.errcode) & 0xff;
  return [1, 19, 20, 21, 25].includes(primary) ? null : primary;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

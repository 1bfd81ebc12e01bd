import { once } from 'node:events';
import { connect } from 'node:net';
import { Failure } from '../lib/failure.ts';
import { changeable } from '../lib/filePermissions.ts';
import { stat } from '../lib/startFiles.ts';
import { cleanStdout } from './cleanStdout.ts';
import type { Wire } from './wire.ts';

/** How the host is reached, as language servers take it: over stdio, or the host listens and the sidecar connects. */
export type Transport = { kind: 'stdio' } | { kind: 'pipe'; name: string } | { kind: 'socket'; port: number };

/** Reads `--stdio`, `--pipe=NAME`, `--socket=PORT` (also as two words); without any of them it is stdio. Other words are not looked at. */
export function readTransport(words: readonly string[]): Transport {
  const found: Transport[] = [];
  for (const [index, word] of words.entries()) {
    const match = /^--(stdio|pipe|socket)(?:=(.*))?$/.exec(word);
    if (match === null) continue;
    if (match[1] === 'stdio') found.push({ kind: 'stdio' });
    else found.push(withValue(match[1] as 'pipe' | 'socket', match[2] ?? words[index + 1] ?? ''));
  }
  if (found.length > 1) throw new Failure('invalidParams', 'Give one of --stdio, --pipe=NAME and --socket=PORT.');
  return found[0] ?? { kind: 'stdio' };
}

function withValue(kind: 'pipe' | 'socket', value: string): Transport {
  if (kind === 'pipe') {
    if (value === '') throw new Failure('invalidParams', '--pipe needs the name of a pipe or Unix socket: --pipe=/tmp/host.sock');
    return { kind, name: value };
  }
  const port = Number(value);
  if (!/^\d+$/.test(value) || port < 1 || port > 65535)
    throw new Failure('invalidParams', '--socket needs a port of 127.0.0.1: --socket=5007');
  return { kind, port };
}

/** Opens it. Over stdio, stdout belongs to the frames from then on; over the others, stray output cannot hurt. */
export async function openTransport(transport: Transport): Promise<Wire> {
  if (transport.kind === 'stdio') return { input: process.stdin, output: cleanStdout() };
  if (transport.kind === 'pipe') await refuseForeign(transport.name);
  const address = transport.kind === 'pipe' ? { path: transport.name } : { host: '127.0.0.1', port: transport.port };
  // Half-open: answers may follow after the host has closed its end.
  const socket = connect({ ...address, allowHalfOpen: true });
  try {
    await once(socket, 'connect');
  } catch (error) {
    const where = transport.kind === 'pipe' ? transport.name : `127.0.0.1:${transport.port}`;
    throw new Failure(
      'invalidParams',
      `Cannot connect to ${where} (${(error as NodeJS.ErrnoException).code ?? 'failed'}). The host has to listen there first.`,
    );
  }
  if (transport.kind === 'socket') socket.setNoDelay(true);
  return { input: socket, output: socket };
}

/** Who listens on it gets the use of the keys: this user or root, and nobody who may put a socket of theirs in its place. */
async function refuseForeign(path: string): Promise<void> {
  const facts = await stat(path).catch(() => null);
  if (facts === null || process.platform === 'win32') return;
  const why =
    facts.uid === 0 || facts.uid === process.getuid?.()
      ? await changeable(path, `The socket ${path}`)
      : `The socket ${path} belongs to another user, so it is not used. Start the sidecar as the user of the host.`;
  if (why !== null) throw new Failure('invalidParams', why);
}

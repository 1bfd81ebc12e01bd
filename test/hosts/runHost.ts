import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { removeFolder } from '../support/removeFolder.ts';
import { cleanEnv, sidecarCommand } from '../support/sidecar.ts';
import type { Play } from './matrix.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a host in a folder of its own, with `llm-sidecar` on the PATH as an installed package puts it there. */
export async function runHost(command: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-host-'));
  try {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'llm-sidecar'), `#!/bin/sh\nexec ${sidecarCommand.map((word) => `'${word}'`).join(' ')} "$@"\n`);
    chmodSync(join(bin, 'llm-sidecar'), 0o755);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const [file, ...args] = command;
    const env = cleanEnv(folder, { PATH: `${bin}${delimiter}${process.env['PATH']}` });
    const host = spawn(file!, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    const [stdout, stderr, [code]] = await Promise.all([text(host.stdout), text(host.stderr), once(host, 'close')]);
    return { code: code as number | null, stdout, stderr };
  } finally {
    removeFolder(folder);
  }
}

/** A driver with one transcript. What was wrong is in `stderr`, and the code is 1. */
export function runDriver(driver: readonly string[], { path, contentLength }: Pick<Play, 'path' | 'contentLength'>): Promise<Ended> {
  return runHost([...driver, ...(contentLength ? ['--content-length'] : []), ...sidecarCommand, path]);
}

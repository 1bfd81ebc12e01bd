import { chmodSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { removeFolder } from '../../support/removeFolder.ts';
import { cleanEnv, sidecarCommand } from '../../support/sidecar.ts';

export interface Folder {
  readonly path: string;
  /** None of the developer's own, with `llm-sidecar` and this Node on the PATH, and the folder as home. */
  readonly env: Record<string, string | undefined>;
}

/** A folder with these files for one test. */
export function createFolder(files: Readonly<Record<string, string>>): Folder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'llm-sidecar-docs-')));
  onTestFinished(() => removeFolder(path));
  const command = sidecarCommand.map((word) => `'${word}'`).join(' ');
  const all = { ...files, 'bin/llm-sidecar': `#!/bin/sh\nexec ${command} "$@"\n`, 'llm/.keep': '' };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  chmodSync(join(path, 'bin/llm-sidecar'), 0o755);
  const env = cleanEnv(path);
  return { path, env: { ...env, LLM_USER_PATH: join(path, 'llm'), PATH: `${join(path, 'bin')}:${env['PATH']}` } };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { postgresFolder, startPostgres, type PostgresServer } from './postgres.ts';

export interface TestEngine {
  readonly kind: 'sqlite' | 'postgres';
  /** A new, empty database, as `storage` names it. */
  create(): Promise<string>;
}

/** The same tests on SQLite files and on a real PostgreSQL; says loudly when the latter is not there. */
export function describeEngines(title: string, tests: (engine: TestEngine) => void): void {
  describe(`${title} (SQLite)`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-db-'));
    let files = 0;
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    tests({ kind: 'sqlite', create: async () => join(folder, String(++files), 'sidecar.db') });
  });

  const installed = postgresFolder() !== null;
  if (!installed) console.warn(`\nSKIPPED: ${title} (PostgreSQL): PostgreSQL is not installed: apt-get install postgresql\n`);
  describe.skipIf(!installed)(`${title} (PostgreSQL)`, () => {
    let server: PostgresServer | undefined;
    beforeAll(async () => {
      server = await startPostgres();
    }, 60_000);
    afterAll(async () => server?.remove());
    tests({
      kind: 'postgres',
      create: async () => {
        if (!server) throw new Error('PostgreSQL has not started');
        return server.createDatabase();
      },
    });
  });
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { removeFolder } from '../support/removeFolder.ts';
import { build } from './build.ts';
import { runHost } from './runHost.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-bindings-'));
afterAll(() => removeFolder(folder));

const generate = ['quicktype@26.0.0', '--src-lang', 'schema', '--lang', 'go', '--package', 'protocol', '--omit-empty', '--quiet'];

describe('types in Go, made of docs/protocol.schema.json', () => {
  const command = build('go', 'test/hosts/bindings', folder);

  test.skipIf(command === null)(
    'compile, and a host with them streams an answer and reads an error',
    async () => {
      expect(await runHost(command!)).toEqual({
        code: 0,
        stdout: `protocol 1
{
  "prompt": "Hello with types",
  "system": "",
  "attachments": [],
  "stream": true,
  "previous": []
}
end, 3 tokens in, 14 out
modelNotFound: There is no model "ecko". Did you mean echo?
`,
        stderr: '',
      });
    },
    60_000,
  );

  test('that host is on docs/hosts.md, and so is how to make them', () => {
    const page = read('docs/hosts.md');
    expect(page.includes(`\n\`\`\`go\n${read('test/hosts/bindings/main.go')}\`\`\`\n`)).toBe(true);
    expect(page).toContain(`npx ${generate.join(' ')} --out protocol/protocol.go 'protocol.schema.json#/$defs/'\n`);
  });

  test.skipIf(command === null)(
    'are what the generator makes today',
    ({ skip }) => {
      const target = join(folder, 'protocol.go');
      const schema = `${fileURLToPath(new URL('docs/protocol.schema.json', root))}#/$defs/`;
      const { status, stderr } = spawnSync('npx', ['--yes', ...generate, '--out', target, schema], { encoding: 'utf8', timeout: 120_000 });
      if (status !== 0) {
        console.warn(`\nSKIPPED: the types in Go were not generated anew, quicktype could not be run: ${stderr.slice(-500)}\n`);
        return skip();
      }
      expect(spawnSync('gofmt', ['-w', target]).status).toBe(0);
      expect(read('test/hosts/bindings/protocol/protocol.go') === readFileSync(target, 'utf8'), hint).toBe(true);
    },
    150_000,
  );
});

const hint = `test/hosts/bindings/protocol/protocol.go is out of date: npx ${generate.join(' ')} --out test/hosts/bindings/protocol/protocol.go 'docs/protocol.schema.json#/$defs/', then gofmt -w`;

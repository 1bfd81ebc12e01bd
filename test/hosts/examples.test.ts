import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { removeFolder } from '../support/removeFolder.ts';
import { build, type Language } from './build.ts';
import { clientNames, clients, expectedTable } from './matrix.ts';
import { runHost } from './runHost.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const page = read('docs/hosts.md');

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-examples-'));
afterAll(() => removeFolder(folder));

const languageOfFile: Readonly<Record<string, string>> = {
  '.py': 'python',
  '.go': 'go',
  '.rb': 'ruby',
  '.ts': 'ts',
  '.sh': 'sh',
  '.el': 'elisp',
  '.lua': 'lua',
};

const streamed = (from: string, usage: string): string => `{
  "prompt": "Hello from ${from}",
  "system": "",
  "attachments": [],
  "stream": true,
  "previous": []
}
${usage}
`;
const usage = '{"inputTokens":3,"outputTokens":14}';
const decided = 'refused: That word stays here.\nanswered: All is well.\n';
const ofClient = `models: echo, test-fast, test-endless
streamed: 0 grün 東京 🚀 1 grün 東京 🚀 2 grün 東京 🚀${' '}
the same: yes
cancelled: cancelled
refused: That word stays here.
exit: 0
`;
const testModels = 'test_models: true\nmodels: [echo, test-fast, test-endless]\n';

interface Example {
  readonly file: string;
  readonly language: Language;
  readonly stdout: string;
  readonly config?: string;
  readonly stderr?: string;
}
const examples: Example[] = [
  {
    file: 'docs/examples/host.py',
    language: 'python',
    stdout: streamed('Python', "{'inputTokens': 3, 'outputTokens': 14}"),
    // It goes away without a word; the sidecar says so.
    stderr: 'llm-sidecar: ends, the host closed the input without shutdown\n',
  },
  {
    file: 'docs/examples/host_content_length.py',
    language: 'python',
    stdout: streamed('Python', "{'inputTokens': 3, 'outputTokens': 14}"),
  },
  { file: 'docs/examples/hosts/hook.py', language: 'python', stdout: decided },
  { file: 'docs/examples/hosts/stream.ts', language: 'typescript', stdout: streamed('TypeScript', usage) },
  { file: 'docs/examples/hosts/hook.ts', language: 'typescript', stdout: decided },
  { file: 'docs/examples/hosts/streamWithClient.ts', language: 'typescript', stdout: streamed('TypeScript', usage) },
  { file: 'docs/examples/hosts/hookWithClient.ts', language: 'typescript', stdout: decided },
  { file: 'docs/examples/hosts/stream.go', language: 'go', stdout: streamed('Go', usage) },
  { file: 'docs/examples/hosts/hook.go', language: 'go', stdout: decided },
  { file: 'docs/examples/hosts/stream.rb', language: 'ruby', stdout: streamed('Ruby', usage) },
  { file: 'docs/examples/hosts/hook.rb', language: 'ruby', stdout: decided },
  { file: 'docs/examples/hosts/stream.sh', language: 'shell', stdout: streamed('a shell', '{"inputTokens":4,"outputTokens":15}') },
  ...clientNames.map((name) => ({
    file: `docs/examples/hosts/${clients[name].file}`,
    language: clients[name].language,
    stdout: ofClient,
    config: testModels,
  })),
];

describe.each(examples)('$file', ({ file, language, stdout, config, stderr = '' }) => {
  const command = build(language, file, folder);

  test.skipIf(command === null)(
    'writes what it should',
    async () => {
      const name = file.endsWith('WithClient.ts') ? atHome(file) : undefined;
      const ended = await runHost(
        name === undefined ? command! : [process.execPath, name],
        config === undefined ? {} : { 'llm-sidecar.yaml': config },
      );
      // Editors say things of their own.
      expect(ended).toEqual({ code: 0, stdout, stderr: config === undefined ? stderr : expect.any(String) });
    },
    60_000,
  );

  test('is on docs/hosts.md as it is run', () => {
    expect(page.includes(`\n\`\`\`${languageOfFile[extname(file)]}\n${read(file)}\`\`\`\n`)).toBe(true);
  });
});

test('README.md has docs/examples/host.py', () => {
  expect(read('README.md')).toContain(`\n\`\`\`python\n${read('docs/examples/host.py')}\`\`\`\n`);
});

test('docs/hosts.md has the table of what is tested (node test/hosts/table.ts)', () => {
  expect(page.includes(`\n${expectedTable()}`), expectedTable()).toBe(true);
});

/** With the client of this checkout in the place of the package. */
function atHome(file: string): string {
  const path = join(folder, file.replaceAll('/', '-'));
  writeFileSync(path, read(file).replace("'llm-sidecar'", `'${new URL('client/index.ts', root).href}'`));
  return path;
}

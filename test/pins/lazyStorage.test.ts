import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cleanEnv } from '../support/sidecar.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Of which part of the code a module is: by its place in the sources, by words of it in what is built. */
const parts = {
  kysely: { source: /\/node_modules\/kysely\//, built: 'beginTransaction' },
  SQLite: { source: /^node:sqlite$/, built: 'journal_mode' },
  pg: { source: /\/node_modules\/pg\//, built: 'client_encoding' },
};
const programs = { 'the sources': 'src/main.ts', 'what is built': 'dist/main.js' } as const;

describe.each(Object.keys(programs) as (keyof typeof programs)[])('%s', (program) => {
  test.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['keys, prices and purposes', 'prices: { echo: { input: 1, output: 1 } }\npurposes: { chat: { model: echo } }\n', []],
    ['history in a file', 'storage: a.db\n', ['kysely', 'SQLite']],
    ['history on a server', 'storage: "postgres://ann:secret@127.0.0.1:1/llm"\n', ['kysely', 'pg']],
  ])('with %s in the configuration it loads no more of the database code than it needs', async (_, config, expected) => {
    expect(await loadedBy(programs[program], `default_model: echo\n${config}`)).toEqual(expected);
  });
});

test('the licences of what is built have those of the database code, with their text', () => {
  const entries = readFileSync(at('dist/THIRD-PARTY-LICENSES.txt'), 'utf8').split(/^-{80}$/m);
  for (const name of ['kysely', 'pg', 'pg-types', 'pg-pool', 'pg-protocol', 'pg-connection-string']) {
    expect(entries.find((entry) => entry.trim().startsWith(`${name} `))).toMatch(/copyright/i);
  }
});

/** By a sidecar that answers a prompt and lists conversations. */
async function loadedBy(program: string, config: string): Promise<string[]> {
  const main = at(program);
  if (!existsSync(main)) throw new Error('There is no dist/: run `npm run build`, or `npm test`, which does.');
  const dir = mkdtempSync(join(tmpdir(), 'llm-sidecar-lazy-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'config.yaml'), config);
  const trace = join(dir, 'trace.txt');
  writeFileSync(
    join(dir, 'trace.mjs'),
    `import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({ load: (url, context, next) => { appendFileSync(${JSON.stringify(trace)}, url + '\\n'); return next(url, context); } });`,
  );
  const messages = [
    { method: 'initialize', params: { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 'test', version: '0' }, capabilities: {} } },
    { method: 'llm/prompt', params: { prompt: 'Hello' } },
    { method: 'conversation/list', params: {} },
    { method: 'shutdown' },
  ];
  const requests = messages.map((message, id) => JSON.stringify({ jsonrpc: '2.0', id, ...message }));
  const child = spawn(process.execPath, ['--import', join(dir, 'trace.mjs'), main, '--config', join(dir, 'config.yaml')], {
    cwd: dir,
    env: cleanEnv(dir),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  child.stdin.write(`${requests.join('\n')}\n`);
  let stdout = '';
  for await (const chunk of child.stdout) {
    stdout += String(chunk);
    if (stdout.includes('"id":3') && !child.stdin.writableEnded) child.stdin.end('{"jsonrpc":"2.0","method":"exit"}\n');
  }
  expect((await ended)[0]).toBe(0);
  expect(stdout).toContain('"stopReason":"end"');
  const modules = readFileSync(trace, 'utf8').trim().split('\n');
  return Object.entries(parts).flatMap(([name, { source, built }]) => {
    const isPart = (url: string): boolean =>
      program.startsWith('src/') ? source.test(url) : url.startsWith('file:') && readFileSync(fileURLToPath(url), 'utf8').includes(built);
    return modules.some(isPart) ? [name] : [];
  });
}

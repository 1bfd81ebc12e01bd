import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startReady, startSidecar, type SidecarOptions } from '../support/sidecar.ts';

/** A defect: what only `llm/embed` calls throws, and quotes a secret. */
const breaks = join(tmpdir(), `llm-sidecar-breaks-${process.pid}.mjs`);
writeFileSync(breaks, `TextEncoder.prototype.encode = () => { throw new TypeError('cannot read "sk-canary-0123456789"'); };`);
const NODE_OPTIONS = `--import=${pathToFileURL(breaks).href}`;

/** What a prompt holds and is in no line. */
const text = 'the text of the prompt';

async function logOf({ args = [], env = {} }: Pick<SidecarOptions, 'args' | 'env'>): Promise<{ errorId: string; stderr: string }> {
  await using sidecar = await startReady({ config: 'test_models: true', args, env: { ...env, NODE_OPTIONS } });
  const { host } = sidecar;
  await host.request('llm/prompt', { model: 'echo', prompt: JSON.stringify({ raw: text }), promptId: 'p1' });
  await host.request('llm/prompt', { model: 'test-fails', prompt: text, promptId: 'p2' });
  const { error } = await host.request('llm/embed', { model: 'echo-embed', input: [text] });
  expect(error?.data).toMatchObject({ kind: 'internalError' });
  const { stderr } = await sidecar.stop();
  expect(stderr).not.toContain(text);
  expect(stderr).not.toContain('sk-canary');
  return { errorId: String(error?.data?.errorId), stderr };
}

type Entry = Readonly<Record<string, string>>;
const entriesOf = (stderr: string): Entry[] =>
  stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);

describe('the errorId of an internalError is found again in the log', () => {
  test('as text', async () => {
    const { errorId, stderr } = await logOf({});
    expect(stderr).toContain(`internal error ${errorId}: TypeError: cannot read "…"\n    at `);
    expect(stderr).not.toContain('p1');
  });

  test('as json, where every line is an object', async () => {
    const { errorId, stderr } = await logOf({ args: ['--log-format=json'] });
    const [entry, ...others] = entriesOf(stderr).filter((one) => one['errorId'] === errorId);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ level: 'error', msg: expect.stringMatching(/^internal error .+: TypeError: cannot read "…"\n {4}at /) });
  });
});

test('at debug a line about each prompt and each request to a model, by their names alone', async () => {
  const { stderr } = await logOf({ env: { LLM_SIDECAR_LOG_FORMAT: 'json', LLM_SIDECAR_LOG_LEVEL: 'debug' } });
  const told = entriesOf(stderr)
    .filter(({ level }) => level === 'debug')
    .map(({ promptId, msg = '' }) => [promptId, msg.replaceAll(/\d+ ms/g, 'N ms')]);
  expect(told.filter(([promptId]) => promptId === 'p1')).toEqual([
    ['p1', 'attempt echo: end, N ms'],
    ['p1', expect.stringMatching(/^prompt p1 echo: end, \d+ \+ \d+ tokens, N ms$/)],
  ]);
  expect(told.findLast(([promptId]) => promptId === 'p2')?.[1]).toMatch(/^prompt p2 test-fails: failed with \w+, N ms$/);
});

test('--log-level=error leaves out warnings, and goes before the variable', async () => {
  const run = async (args: string[]): Promise<string> => {
    await using sidecar = await startReady({ args, env: { LLM_SIDECAR_LOG_LEVEL: 'warn' } });
    sidecar.host.notify('$/cancelRequest', {});
    await sidecar.host.request('ping', {});
    return (await sidecar.stop()).stderr;
  };
  expect(await run(['--log-level=error'])).toBe('');
  expect(await run([])).toBe('ignored: $/cancelRequest without an id\n');
});

test.each([
  [{ args: ['--log-format=xml'] }, 'llm-sidecar: --log-format is one of text, json.\n'],
  [{ args: ['--log-level=loud'] }, 'llm-sidecar: --log-level is one of error, warn, info, debug.\n'],
  [{ env: { LLM_SIDECAR_LOG_LEVEL: 'loud' } }, 'llm-sidecar: LLM_SIDECAR_LOG_LEVEL is one of error, warn, info, debug.\n'],
])('%j is refused with a sentence', async (options, said) => {
  await using sidecar = await startSidecar(options);
  const { code, stderr } = await sidecar.host.closed;
  expect({ code, stderr }).toEqual({ code: 2, stderr: said });
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { LLMOptions, SecretQuestion } from '../../client/index.ts';
import { removeFolder } from '../support/removeFolder.ts';
import { failure } from './consume.ts';
import { realSidecar } from './sidecars/real.ts';
import { sidecar } from './sidecars/start.ts';

const encryptionKey = 'nsw2WBsAD_AACEJFNOD6VSTNwOCUP5z-Gqbu7mof25A=';

function withStore(options: LLMOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-client-'));
  onTestFinished(() => removeFolder(folder));
  const config = join(folder, 'config.yaml');
  writeFileSync(config, 'storage: ./s.db\nsecrets:\n  encryption_keys: [{ name: main, key: { $env: ENCRYPTION_KEY } }]\n');
  const env = { ENCRYPTION_KEY: encryptionKey, LLM_USER_PATH: folder, XDG_CONFIG_HOME: folder };
  return realSidecar({ config, env, ...options });
}

test('secrets are set, listed and deleted', async () => {
  await using llm = withStore();
  expect(await llm.secrets.set('OPENAI_API_KEY', 'sk-one')).toBe(1);
  expect(await llm.secrets.set('OPENAI_API_KEY', 'sk-two', { note: 'ours', actor: { id: 'ada' } })).toBe(2);
  await llm.secrets.setNote('OPENAI_API_KEY', 'of the team');
  const { secrets, store } = await llm.secrets.list();
  expect(store).toEqual({ state: 'on' });
  expect(secrets.find(({ name }) => name === 'OPENAI_API_KEY')).toMatchObject({ state: 'set', version: 2, note: 'of the team' });
  expect((await llm.models()).find(({ id }) => id === 'gpt-4o')).toMatchObject({ keySource: 'secret' });
  await llm.secrets.delete('OPENAI_API_KEY');
  expect(await failure(llm.secrets.delete('OPENAI_API_KEY'))).toMatchObject({ kind: 'secretNotFound' });
  expect(await failure(llm.secrets.setNote('NEVER_SET', 'x'))).toMatchObject({ kind: 'secretNotFound' });
});

test('a host gives keys of its own, with a time to live', async () => {
  const asked: Omit<SecretQuestion, 'signal'>[] = [];
  await using llm = realSidecar({
    env: { LLM_USER_PATH: '/nowhere', XDG_CONFIG_HOME: '/nowhere', LLM_SIDECAR_CONFIG: undefined, LLM_ECHO_NEEDS_KEY_KEY: undefined },
    resolveSecret: async ({ signal, ...question }) => {
      expect(signal).toBeInstanceOf(AbortSignal);
      asked.push(question);
      return { value: `sk-${question.actor?.id}`, ttlMs: 60_000 };
    },
  });
  const model = llm.model('echo-needs-key', { actor: { id: 'ada' }, purpose: 'chat' });
  expect(await model.prompt('x').json()).toMatchObject({ key: 'sk-ada' });
  expect(await model.prompt('y').json()).toMatchObject({ key: 'sk-ada' });
  expect(asked).toEqual([{ name: expect.stringContaining('ECHO_NEEDS_KEY'), actor: { id: 'ada' }, purpose: 'chat' }]);
});

const asking = (llm: ReturnType<typeof sidecar>, name: string) =>
  llm
    .model('x')
    .prompt(JSON.stringify([{ method: 'secret/resolve', params: { name } }]))
    .json();

test.each<[what: string, resolveSecret: LLMOptions['resolveSecret'], answer: object]>([
  ['a text', () => 'sk-1', { result: { value: 'sk-1' } }],
  ['a value for a time', async () => ({ value: 'sk-1', ttlMs: 5 }), { result: { value: 'sk-1', ttlMs: 5 } }],
  ['null', () => null, { result: { value: null } }],
  ['nothing', () => undefined, { result: { value: null } }],
  ['no callback', undefined, { result: { value: null } }],
])('%s is an answer', async (_, resolveSecret, answer) => {
  await using llm = sidecar('asks', { resolveSecret });
  expect(await asking(llm, 'A')).toEqual([answer]);
});

test('a host says that it gives secrets only when it does', async () => {
  const greeting = async (options: LLMOptions): Promise<unknown> => {
    const lines: string[] = [];
    await using llm = sidecar('tellsItsGreeting', { ...options, stderr: (line) => lines.push(line) });
    await llm.models();
    return (JSON.parse(lines[0]!) as { capabilities: unknown }).capabilities;
  };
  expect(await greeting({})).toEqual({ tools: {}, hooks: { dynamicRegistration: {} } });
  expect(await greeting({ resolveSecret: () => null })).toEqual({ tools: {}, hooks: { dynamicRegistration: {} }, secrets: {} });
});

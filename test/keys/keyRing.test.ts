import { describe, expect, test } from 'vitest';
import type { KeyRequest } from '../../src/engine/ports.ts';
import type { SecretSource } from '../../src/engine/secretsPorts.ts';
import { createEnvSecrets } from '../../src/keys/envSecrets.ts';
import { createKeyRing } from '../../src/keys/keyRing.ts';

const need = { name: 'gemini', secret: 'GEMINI_API_KEY', variables: ['GEMINI_API_KEY', 'LLM_GEMINI_KEY'] };
const purposeKey = { secret: 'PURPOSE_KEY', source: 'purpose' } as const;
const defaultKey = { secret: 'DEFAULT_KEY', source: 'default' } as const;

interface Places {
  env?: Record<string, string>;
  store?: Record<string, string>;
  file?: Record<string, string>;
}

type Asked = { name: string; use: Parameters<SecretSource['get']>[1] };

function ring({ env = {}, store = {}, file = {} }: Places) {
  const asked: Asked[] = [];
  const learned: string[] = [];
  const stored: SecretSource = {
    source: 'secret',
    get: async (name, use) => {
      asked.push({ name, use });
      return store[name] ?? null;
    },
  };
  const keys = createKeyRing({
    secrets: [createEnvSecrets(env), stored],
    keysFile: { get: async (name) => file[name] ?? null },
    env,
    learn: (value) => void learned.push(value),
  });
  const find = async (request: Partial<KeyRequest> = {}): ReturnType<typeof keys.find> =>
    keys.find({ named: [], need, actor: { id: 'ada' }, purpose: 'chat', strict: false, use: true, ...request });
  return { find, asked, learned };
}

const everywhere: Required<Places> = {
  env: {
    DATASETTE_SECRETS_PURPOSE_KEY: 'env-purpose',
    DATASETTE_SECRETS_DEFAULT_KEY: 'env-default',
    DATASETTE_SECRETS_GEMINI_API_KEY: 'env-secret',
    GEMINI_API_KEY: 'variable-1',
    LLM_GEMINI_KEY: 'variable-2',
  },
  store: { PURPOSE_KEY: 'store-purpose', DEFAULT_KEY: 'store-default', GEMINI_API_KEY: 'store-secret' },
  file: { gemini: 'file' },
};
const without = (...names: string[]): Places => ({
  env: Object.fromEntries(Object.entries(everywhere.env).filter(([name]) => !names.includes(name))),
  store: Object.fromEntries(Object.entries(everywhere.store).filter(([name]) => !names.includes(`store ${name}`))),
  file: names.includes('file') ? {} : everywhere.file,
});

const purposeNowhere = ['DATASETTE_SECRETS_PURPOSE_KEY', 'store PURPOSE_KEY'];
const defaultNowhere = ['DATASETTE_SECRETS_DEFAULT_KEY', 'store DEFAULT_KEY'];
const secretNowhere = ['DATASETTE_SECRETS_GEMINI_API_KEY', 'store GEMINI_API_KEY'];

describe('behaviour 4', () => {
  test.each<[statement: string, places: Places, request: Partial<KeyRequest>, expected: object]>([
    [
      '4 (1) the key named in the purpose',
      everywhere,
      { named: [purposeKey, defaultKey] },
      { value: 'env-purpose', source: 'purpose', name: 'PURPOSE_KEY', missed: [] },
    ],
    [
      '4 (2) the key named in default_model',
      everywhere,
      { named: [defaultKey] },
      { value: 'env-default', source: 'default', name: 'DEFAULT_KEY', missed: [] },
    ],
    [
      "4 (3) the provider's secret, in the environment",
      everywhere,
      {},
      { value: 'env-secret', source: 'secret', name: 'GEMINI_API_KEY', missed: [] },
    ],
    [
      "4 (3) the provider's secret, in the store",
      without('DATASETTE_SECRETS_GEMINI_API_KEY'),
      {},
      { value: 'store-secret', source: 'secret', name: 'GEMINI_API_KEY', missed: [] },
    ],
    ['4 (4) keys.json', without(...secretNowhere), {}, { value: 'file', source: 'keysFile', name: 'gemini', missed: [] }],
    [
      "4 (5) the provider's own variable",
      without(...secretNowhere, 'file'),
      {},
      { value: 'variable-1', source: 'environment', name: 'GEMINI_API_KEY', missed: [] },
    ],
    [
      "4 (5) the provider's second variable",
      without(...secretNowhere, 'file', 'GEMINI_API_KEY'),
      {},
      { value: 'variable-2', source: 'environment', name: 'LLM_GEMINI_KEY', missed: [] },
    ],
    ['4 nowhere', {}, {}, { value: null, missed: [] }],
    [
      '4.1 a named secret in the store',
      without('DATASETTE_SECRETS_PURPOSE_KEY'),
      { named: [purposeKey] },
      { value: 'store-purpose', source: 'purpose', name: 'PURPOSE_KEY', missed: [] },
    ],
    [
      '4.1 unset: the next named one, and it is said',
      without(...purposeNowhere),
      { named: [purposeKey, defaultKey] },
      { value: 'env-default', source: 'default', name: 'DEFAULT_KEY', missed: ['PURPOSE_KEY'] },
    ],
    [
      '4.1 all unset: (3), and they are said',
      without(...purposeNowhere, ...defaultNowhere),
      { named: [purposeKey, defaultKey] },
      { value: 'env-secret', source: 'secret', name: 'GEMINI_API_KEY', missed: ['PURPOSE_KEY', 'DEFAULT_KEY'] },
    ],
    [
      '4.1 a named secret is not looked for in keys.json',
      { file: { PURPOSE_KEY: 'wrong' } },
      { named: [purposeKey] },
      { value: null, missed: ['PURPOSE_KEY'] },
    ],
    ['4.1 nor among the variables', { env: { PURPOSE_KEY: 'wrong' } }, { named: [purposeKey] }, { value: null, missed: ['PURPOSE_KEY'] }],
    [
      '4.1 strict_keys ends the search',
      without(...purposeNowhere),
      { named: [purposeKey, defaultKey], strict: true },
      { value: null, missed: ['PURPOSE_KEY'] },
    ],
    [
      '4.1 strict_keys with the key set',
      everywhere,
      { named: [purposeKey], strict: true },
      { value: 'env-purpose', source: 'purpose', name: 'PURPOSE_KEY', missed: [] },
    ],
    [
      '4.1 strict_keys with no key named',
      everywhere,
      { strict: true },
      { value: 'env-secret', source: 'secret', name: 'GEMINI_API_KEY', missed: [] },
    ],
    [
      '4.2 an empty variable is unset',
      { env: { DATASETTE_SECRETS_GEMINI_API_KEY: '', GEMINI_API_KEY: ' ', LLM_GEMINI_KEY: 'key' } },
      {},
      { value: 'key', source: 'environment', name: 'LLM_GEMINI_KEY', missed: [] },
    ],
    [
      '4.2 names are upper-cased, the rest is _',
      { env: { DATASETTE_SECRETS_MY_TEAM_S_KEY_2: 'key' } },
      { named: [{ secret: "my-team's.key 2", source: 'purpose' }] },
      { value: 'key', source: 'purpose', name: "my-team's.key 2", missed: [] },
    ],
    [
      'a key copied with its line break',
      { env: { GEMINI_API_KEY: 'key\n' } },
      {},
      { value: 'key', source: 'environment', name: 'GEMINI_API_KEY', missed: [] },
    ],
  ])('%s', async (_statement, places, request, expected) => {
    expect(await ring(places).find(request)).toEqual(expected);
  });

  test('3.5, 4.4 the store learns who uses a secret, and whether it is a use', async () => {
    const { find, asked } = ring({ store: { GEMINI_API_KEY: 'key' } });
    await find({ use: true });
    await find({ use: false, purpose: undefined, actor: null });
    expect(asked).toEqual([
      { name: 'GEMINI_API_KEY', use: { actor: { id: 'ada' }, purpose: 'chat', count: true } },
      { name: 'GEMINI_API_KEY', use: { actor: null, purpose: undefined, count: false } },
    ]);
  });

  test('3.5 a listing looks a distinct secret up once, the next one again', async () => {
    const { find, asked } = ring({ store: { GEMINI_API_KEY: 'key' } });
    const list = async (): Promise<string[]> => {
      const listing = {};
      const other = { ...need, secret: 'OTHER_API_KEY' };
      await Promise.all([
        find({ use: false, listing }),
        find({ use: false, listing, named: [purposeKey] }),
        find({ use: false, listing, named: [purposeKey, defaultKey] }),
        find({ use: false, listing, need: other }),
      ]);
      await find({ use: false, listing });
      return asked.splice(0).map(({ name }) => name);
    };
    const once = ['DEFAULT_KEY', 'GEMINI_API_KEY', 'OTHER_API_KEY', 'PURPOSE_KEY'];
    expect((await list()).toSorted()).toEqual(once);
    expect((await list()).toSorted()).toEqual(once);
    await Promise.all([find(), find()]);
    expect(asked.map(({ name }) => name)).toEqual(['GEMINI_API_KEY', 'GEMINI_API_KEY']);
  });

  test('4.5 every key that is handed out is learned, so that it can be kept out of logs', async () => {
    const { find, learned } = ring(everywhere);
    await find({ named: [purposeKey] });
    await find();
    expect(learned).toEqual(['env-purpose', 'env-secret']);
  });

  test('a source that fails is not the same as a secret that is unset', async () => {
    const failing: SecretSource = { source: 'secret', get: async () => Promise.reject(new Error('no database')) };
    const keys = createKeyRing({ secrets: [failing], keysFile: { get: async () => 'file' }, env: {}, learn: () => {} });
    const request: KeyRequest = { named: [], need, actor: null, purpose: undefined, strict: false, use: false };
    await expect(keys.find(request)).rejects.toThrow('no database');
    await expect(keys.find(request)).rejects.toThrow('no database');
  });
});

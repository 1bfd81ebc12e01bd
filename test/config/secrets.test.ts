import { describe, expect, test } from 'vitest';
import { toRegisteredSecrets, toSecretStore } from '../../src/config/toSecrets.ts';
import { parse, parsed, show } from './support.ts';

const env = { KEY: 'key-text', OLD: 'old-text' };
const surroundings = (more: Record<string, string> = {}) =>
  ({ env: { ...env, ...more }, cwd: '/work', home: '/home/ada', platform: 'linux' }) as const;
const settings = (yaml: string, more: Record<string, string> = {}) => toSecretStore(parsed(yaml, env), surroundings(more));

describe('where the store is and what opens it', () => {
  test.each<[what: string, yaml: string, location: string]>([
    ['in the storage', 'storage: /data/all.db\nsecrets: {}', '/data/all.db'],
    ['in a database of its own', 'storage: /data/all.db\nsecrets: {database: /data/internal.db}', '/data/internal.db'],
    ['in PostgreSQL', 'secrets: {database: "postgres://db/secrets"}', 'postgres://db/secrets'],
    ['in the folder of the user', 'secrets: {}', '/home/ada/.local/share/llm-sidecar/llm-sidecar.db'],
    ['in the home folder', 'secrets: {database: ~/datasette/internal.db}', '/home/ada/datasette/internal.db'],
  ])('%s', (_, yaml, location) => {
    expect(settings(yaml)).toEqual({ location, keys: [] });
  });

  test('relative paths are those of the configuration', () => {
    const config = {
      ...parsed('secrets: {database: ./s.db, encryption_keys: [{name: a, file: keys/a.key}]}'),
      source: '/etc/sidecar/config.yaml',
    };
    expect(toSecretStore(config, surroundings())).toEqual({
      location: '/etc/sidecar/s.db',
      keys: [{ name: 'a', file: '/etc/sidecar/keys/a.key' }],
    });
  });

  test('keys from the environment, a file and the host, in their order', () => {
    const yaml = `secrets:
  encryption_keys:
    - { name: new, key: { $env: KEY } }
    - { name: old, file: /keys/old }
    - { name: asked, host: true }
`;
    expect(settings(yaml).keys).toEqual([
      { name: 'new', value: 'key-text' },
      { name: 'old', file: '/keys/old' },
      { name: 'asked', host: true },
    ]);
  });

  test('the variable of Datasette, where `secrets` is there and names no keys', () => {
    const datasette = { DATASETTE_SECRETS_ENCRYPTION_KEY: 'of-datasette' };
    expect(settings('secrets: {database: /internal.db}', datasette).keys).toEqual([{ name: 'default', value: 'of-datasette' }]);
    expect(settings('secrets: {encryption_keys: []}', datasette).keys).toEqual([]);
    expect(settings('storage: /all.db', datasette).keys).toEqual([]);
  });
});

test('what is registered', () => {
  const config = parsed('secrets: {register: [{name: A}, {name: B, description: two, obtain_url: "https://example.com/b"}]}');
  expect(toRegisteredSecrets(config)).toEqual([
    { name: 'A', description: undefined, obtainUrl: undefined },
    { name: 'B', description: 'two', obtainUrl: 'https://example.com/b' },
  ]);
});

test.each<[what: string, yaml: string, problems: string[]]>([
  ['good', 'secrets: {encryption_keys: [{name: a, key: {$env: KEY}}, {name: b, file: f}, {name: c, host: true}]}', []],
  ['in no place', 'secrets: {encryption_keys: [{name: a}]}', ['error missingKey secrets.encryption_keys[0] 0:28-0:37']],
  [
    'in two places',
    'secrets: {encryption_keys: [{name: a, file: f, host: true}]}',
    ['error conflictingKeys secrets.encryption_keys[0] 0:28-0:58'],
  ],
  [
    'in this file',
    'secrets: {encryption_keys: [{name: a, key: nsw2WBsAD_AACEJFNOD6VSTNwOCUP5z-Gqbu7mof25A=}]}',
    ['error keyNotName secrets.encryption_keys[0].key 0:43-0:87'],
  ],
  [
    'of a variable that is unset',
    'secrets: {encryption_keys: [{name: a, key: {$env: NONE}}]}',
    ['error envUnset secrets.encryption_keys[0].key 0:43-0:55'],
  ],
  [
    'of one name twice',
    'secrets: {encryption_keys: [{name: a, file: f}, {name: a, host: true}]}',
    ['error duplicateName secrets.encryption_keys[1].name 0:55-0:56'],
  ],
  ['without a name', 'secrets: {encryption_keys: [{file: f}]}', ['error missingKey secrets.encryption_keys[0].name 0:28-0:37']],
  ['that are no list', 'secrets: {encryption_keys: {a: b}}', ['error wrongType secrets.encryption_keys 0:27-0:33']],
  [
    'register with a wrong address',
    'secrets: {register: [{name: A, obtain_url: nowhere}]}',
    ['error invalidValue secrets.register[0].obtain_url 0:43-0:50'],
  ],
])('encryption keys: %s', (_, yaml, problems) => {
  const found = parse(yaml, env).problems;
  expect(found.map(show)).toEqual(problems);
  expect(JSON.stringify(found)).not.toContain('nsw2');
});

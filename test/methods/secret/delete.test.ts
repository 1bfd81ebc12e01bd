import { describe, expect, test } from 'vitest';
import { generateFernetKey } from '../../../src/keys/fernet.ts';
import { startReady } from '../../support/sidecar.ts';

const config = `storage: ./sidecar.db
secrets:
  encryption_keys: [{ name: main, key: { $env: ENCRYPTION_KEY } }]
`;
const env = { ENCRYPTION_KEY: generateFernetKey() };

describe('secret/delete', () => {
  test('unsets it; set again, it is the next version', async () => {
    await using sidecar = await startReady({ config, env });
    const { host } = sidecar;
    await host.request('secret/set', { name: 'A', value: 'sk-1' });
    expect((await host.request('secret/delete', { name: 'A', actor: { id: 'ada' } })).result).toBeNull();
    const { secrets } = (await host.request('secret/list', {})).result;
    expect(secrets.some(({ name }: { name: string }) => name === 'A')).toBe(false);
    expect((await host.request('secret/delete', { name: 'A' })).error).toMatchObject({ code: -31070, data: { kind: 'secretNotFound' } });
    expect((await host.request('secret/set', { name: 'A', value: 'sk-2' })).result).toEqual({ version: 2 });
  });

  test('says so where a variable has it', async () => {
    await using sidecar = await startReady({ config, env: { ...env, DATASETTE_SECRETS_A: 'sk-1' } });
    expect((await sidecar.host.request('secret/delete', { name: 'A' })).error).toMatchObject({
      message: 'The secret A is not in the store: the environment variable DATASETTE_SECRETS_A has it. Unset that.',
      data: { kind: 'secretNotFound' },
    });
  });

  test('without an encryption key it says what to do', async () => {
    await using sidecar = await startReady({ config: 'storage: ./sidecar.db\n' });
    expect((await sidecar.host.request('secret/delete', { name: 'A' })).error.data.kind).toBe('secretsUnavailable');
  });
});

import { describe, expect, test } from 'vitest';
import { generateFernetKey } from '../../../src/keys/fernet.ts';
import { startReady } from '../../support/sidecar.ts';

const key = generateFernetKey();
const config = `storage: ./sidecar.db
default_model: { model: echo, key: TEAM_KEY }
secrets:
  encryption_keys: [{ name: main, key: { $env: ENCRYPTION_KEY } }]
  register:
    - { name: SEARCH_TOKEN, description: For the search tool, obtain_url: https://example.com/tokens }
`;

describe('secret/list', () => {
  test('has every provider, what the configuration names and registers, and what is in the store; never a value', async () => {
    await using sidecar = await startReady({ config, env: { ENCRYPTION_KEY: key, DATASETTE_SECRETS_TEAM_KEY: 'sk-environment' } });
    const { host } = sidecar;
    await host.request('secret/set', { name: 'OPENAI_API_KEY', value: 'sk-store', note: 'ours', actor: { id: 'ada' } });
    await host.request('secret/set', { name: 'unlisted', value: 'sk-unlisted' });
    const { result } = await host.request('secret/list', {});
    const find = (name: string) => result.secrets.find((secret: { name: string }) => secret.name === name);
    expect(result.store).toEqual({ state: 'on' });
    expect(find('OPENAI_API_KEY')).toEqual({
      name: 'OPENAI_API_KEY',
      description: 'The API key of openai',
      obtainUrl: 'https://platform.openai.com/api-keys',
      state: 'set',
      version: 1,
      note: 'ours',
      updatedBy: 'ada',
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    for (const name of ['ANTHROPIC_API_KEY', 'GEMINI_API_KEY', 'GROQ_API_KEY', 'MISTRAL_API_KEY'])
      expect(find(name)).toMatchObject({ state: 'unset', obtainUrl: expect.stringMatching(/^https:/) });
    expect(find('TEAM_KEY')).toEqual({ name: 'TEAM_KEY', state: 'environment' });
    expect(find('SEARCH_TOKEN')).toEqual({
      name: 'SEARCH_TOKEN',
      description: 'For the search tool',
      obtainUrl: 'https://example.com/tokens',
      state: 'unset',
    });
    expect(result.secrets.at(-1)).toMatchObject({ name: 'UNLISTED', state: 'set', version: 1 });
    expect(JSON.stringify(host.messages)).not.toMatch(/sk-(store|unlisted|environment)/);
    expect((await sidecar.stop()).stderr).not.toMatch(/sk-/);
  });

  test('says plainly that there is no store without an encryption key', async () => {
    await using sidecar = await startReady({ config: 'storage: ./sidecar.db\n', env: { DATASETTE_SECRETS_OPENAI_API_KEY: 'sk-1' } });
    const { result } = await sidecar.host.request('secret/list', {});
    expect(result.store).toEqual({
      state: 'off',
      message:
        'The store of secrets is off, since no encryption key is configured. Make one with `llm-sidecar secrets generate-key` and name it under secrets.encryption_keys.',
    });
    expect(result.secrets.find((secret: { name: string }) => secret.name === 'OPENAI_API_KEY').state).toBe('environment');
  });

  test('works while the store is away, and says so', async () => {
    const away = config.replace('./sidecar.db', 'postgres://user:sk-password@127.0.0.1:1/none');
    await using sidecar = await startReady({ config: away, env: { ENCRYPTION_KEY: key } });
    const { result } = await sidecar.host.request('secret/list', {});
    expect(result.store).toEqual({
      state: 'unavailable',
      message: expect.stringMatching(/^The storage postgres:\/\/127\.0\.0\.1:1\/none cannot be reached/),
    });
    expect(result.secrets.find((secret: { name: string }) => secret.name === 'TEAM_KEY').state).toBe('unset');
  });
});

import { expect, test } from 'vitest';
import { startReady } from '../../support/sidecar.ts';

test('config/read: the configuration in force, secrets by name only', async () => {
  const config = `default_model: {model: gpt-5.4-mini, key: CUSTOM_OPENAI_KEY}
providers:
  local: {type: openai-compatible, base_url: {$env: LOCAL_URL}, discover: false, headers: {authorization: Bearer abc123secret}}
`;
  await using sidecar = await startReady({
    config,
    env: { LOCAL_URL: 'http://127.0.0.1:9/v1', DATASETTE_SECRETS_CUSTOM_OPENAI_KEY: 'sk-very-secret-value' },
  });
  const answer = await sidecar.host.request('config/read');
  expect(answer.result).toEqual({
    path: sidecar.configPath,
    config: {
      default_model: { model: 'gpt-5.4-mini', key: 'CUSTOM_OPENAI_KEY' },
      providers: {
        local: { type: 'openai-compatible', base_url: { $env: 'LOCAL_URL' }, discover: false, headers: { authorization: '***' } },
      },
    },
    diagnostics: [],
  });
  expect(JSON.stringify(sidecar.host.messages)).not.toMatch(/abc123secret|sk-very-secret-value/);
});

test('config/read without any file', async () => {
  await using sidecar = await startReady();
  expect((await sidecar.host.request('config/read')).result).toEqual({ path: null, config: {}, diagnostics: [] });
});

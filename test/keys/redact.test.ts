import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/keys/redact.ts';
import { secretVariable } from '../../src/keys/envSecrets.ts';

describe('4.5 a redactor', () => {
  const key = 'sk-canary/1+2="x"';
  const redactor = createRedactor();
  for (const value of [key, 'sk-canary', 'sk-canary-longer', 'short']) redactor.learn(value);

  test.each([
    ['as it is', `Bearer ${key}.`, 'Bearer ***.'],
    ['more than once', `${key} ${key}`, '*** ***'],
    ['in a URL', `https://example.com/?key=${encodeURIComponent(key)}&a=b`, 'https://example.com/?key=***&a=b'],
    ['in JSON', JSON.stringify({ key }), '{"key":"***"}'],
    ['in base64', Buffer.from(key).toString('base64'), '***'],
    ['one that begins another', 'sk-canary-longer sk-canary', '*** ***'],
    ['text that happens to be like a short one', 'a short text', 'a short text'],
    ['nothing to hide', 'all is well', 'all is well'],
  ])('%s', (_what, text, expected) => {
    expect(redactor.redact(text)).toBe(expected);
  });

  test('knows nothing at first', () => {
    expect(createRedactor().redact(key)).toBe(key);
  });
});

test.each([
  ['openai_api_key', 'DATASETTE_SECRETS_OPENAI_API_KEY'],
  ['Team A/1', 'DATASETTE_SECRETS_TEAM_A_1'],
  ['schlüssel', 'DATASETTE_SECRETS_SCHL_SSEL'],
])('4.2 the variable of the secret %s', (name, variable) => {
  expect(secretVariable(name)).toBe(variable);
});

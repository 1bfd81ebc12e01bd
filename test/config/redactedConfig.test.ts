import { expect, test } from 'vitest';
import { emptyConfig } from '../../src/config/config.ts';
import { redactedConfig, secretHeaderValues } from '../../src/config/redactedConfig.ts';
import { parsed } from './support.ts';

test('what config/read shows holds no secret', () => {
  const yaml = `
plugins:
  other: { api_key: not-ours }
  datasette-llm:
    default_model: { model: a, key: NAME_OF_A_SECRET }
    require_keys: { $env: KEYS }
    purposes: { chat: }
    providers:
      openai:
        headers: { Authorization: Bearer canary1, x-api-key: canary2, Cookie: 7, X-Team: blue, X-Env: { $env: TEAM } }
      here: { type: openai-compatible, base_url: "http://me:canary3@localhost/v1?api_key=canary4&a=b", api_key: canary5 }
    OPENAI_API_KEY: canary7
    model_options: { a: { user: sk-canary8, note: plain } }
`;
  const shown = redactedConfig(parsed(yaml, { KEYS: 'false', TEAM: 'canary6' }));
  expect(shown).toEqual({
    default_model: { model: 'a', key: 'NAME_OF_A_SECRET' },
    require_keys: { $env: 'KEYS' },
    purposes: { chat: null },
    providers: {
      openai: { headers: { Authorization: '***', 'x-api-key': '***', Cookie: '***', 'X-Team': 'blue', 'X-Env': { $env: 'TEAM' } } },
      here: { type: 'openai-compatible', base_url: 'http://***@localhost/v1?api_key=***&a=b', api_key: '***' },
    },
    OPENAI_API_KEY: '***',
    model_options: { a: { user: '***', note: 'plain' } },
  });
  expect(JSON.stringify(shown)).not.toContain('canary');
});

test('headers that are credentials, for the redactor', () => {
  const yaml = `
providers:
  openai: { headers: { Authorization: Bearer one, X-Team: blue } }
  here: { type: openai-compatible, base_url: "http://localhost/v1", headers: { X-Gateway: { $env: GATEWAY }, x-api-key: three } }
`;
  expect(secretHeaderValues(parsed(yaml, { GATEWAY: 'two' }))).toEqual(['one', 'two', 'three']);
  expect(secretHeaderValues(emptyConfig)).toEqual([]);
});

test('nothing is configured', () => {
  expect(redactedConfig(emptyConfig)).toEqual({});
});

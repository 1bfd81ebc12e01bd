import { expect, test } from 'vitest';
import { emptyConfig } from '../../src/config/config.ts';
import { redactedConfig } from '../../src/config/redactedConfig.ts';
import { parse, parsed } from './support.ts';

const mcp = 'https://h/s/abcdefghijklmnopqrstuvwxyzABCDEF0123456789/mcp';

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

test('words of a command that carry a secret are not shown', () => {
  const yaml = `
mcp_servers:
  a: { command: npx, args: [--api-key, canary1, --header, "Authorization: Bearer canary2", --url=https://me:canary3@host/, --name, blue] }
sk-canary4: 1
`;
  expect(redactedConfig(parsed(yaml, {}))).toEqual({
    mcp_servers: {
      a: { command: 'npx', args: ['--api-key', '***', '--header', 'Authorization: ***', '--url=https://***@host/', '--name', 'blue'] },
    },
    '***': 1,
  });
});

test('headers that are credentials, for the redactor', () => {
  const yaml = `
providers:
  openai: { headers: { Authorization: Bearer one, X-Team: blue } }
  here: { type: openai-compatible, base_url: "http://localhost/v1", headers: { X-Gateway: { $env: GATEWAY }, x-api-key: three } }
`;
  expect(parse(yaml, { GATEWAY: 'two' }).secrets).toEqual(['one', 'two', 'three']);
  expect(parse('', {}).secrets).toEqual([]);
});

const secretRows: [what: string, yaml: string, secrets: string[]][] = [
  [
    'a password in an address',
    'providers: {a: {base_url: "https://me:p%40ss@host/v1"}}',
    ['p%40ss', 'me:p%40ss', 'p@ss', 'me:p@ss', 'bWU6cEBzcw=='],
  ],
  ['a token in the place of the user', 'providers: {a: {base_url: "https://token-1@host/v1"}}', ['token-1', 'dG9rZW4tMTo=']],
  ['a password with an @', 'storage: "postgres://me:p@ss@host/db"', ['p@ss', 'me:p@ss', 'bWU6cEBzcw==']],
  ['an address from a variable', 'storage: {$env: DATABASE}', ['pass-1', 'me:pass-1', 'bWU6cGFzcy0x']],
  ['what Basic holds', 'providers: {openai: {headers: {Authorization: Basic bWU6cGFzcy0x}}}', ['bWU6cGFzcy0x', 'pass-1', 'me:pass-1']],
  ['cookies', 'providers: {openai: {headers: {Cookie: "a=one; b=two"}}}', ['a=one; b=two', 'one', 'two']],
  ['an encryption key', 'secrets: {encryption_keys: [{name: a, key: {$env: ONE}}, {name: b, key: inline}]}', ['from-env', 'inline']],
  ['a parameter of an address', 'mcp_servers: {a: {url: "https://h/mcp?access_token=one&b=two"}}', ['one']],
  ['the path of an address from a variable', 'mcp_servers: {a: {url: {$env: MCP}}}', [mcp, 'abcdefghijklmnopqrstuvwxyzABCDEF0123456789']],
  ['a key in a place of another', 'model_options: {a: {user: sk-one}}', ['sk-one']],
  ['a file that is refused', 'providers: {openai: {base_url: no address, headers: {x-api-key: one}}}', ['one']],
  ['no secret', 'default_model: {$env: ONE}\nproviders: {openai: {key: NAME, base_url: {$env: PLAIN}, headers: {X-Team: blue}}}', []],
];
test.each(secretRows)('secrets for the redactor: %s', (_, yaml, secrets) => {
  const env = { DATABASE: 'postgres://me:pass-1@host/db', ONE: 'from-env', MCP: mcp, PLAIN: 'https://host/v1' };
  expect(parse(yaml.replaceAll('\\n', '\n'), env).secrets).toEqual(secrets);
});

test('nothing is configured', () => {
  expect(redactedConfig(emptyConfig)).toEqual({});
});

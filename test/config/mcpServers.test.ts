import { describe, expect, test } from 'vitest';
import { redactedConfig } from '../../src/config/redactedConfig.ts';
import { toMcpServers } from '../../src/config/toSnapshot.ts';
import { parse, parsed, show } from './support.ts';

const yaml = `
mcp_servers:
  files: { command: npx, args: [-y, "@scope/files@1", 8080, true], env: { LEVEL: 3, API_KEY: { $env: FILES_KEY } }, cwd: ./data }
  web: { url: "https://example.com/mcp", headers: { Authorization: { $env: WEB }, X-Team: blue } }
  plain_1: { command: my-server }
`;
const env = { FILES_KEY: 'canary-files', WEB: 'Bearer canary-web' };

test('servers, in the order of the file', () => {
  expect(toMcpServers(parsed(yaml, env))).toEqual([
    {
      name: 'files',
      command: 'npx',
      args: ['-y', '@scope/files@1', '8080', 'true'],
      env: { LEVEL: '3', API_KEY: 'canary-files' },
      cwd: './data',
    },
    { name: 'web', url: 'https://example.com/mcp', headers: { Authorization: 'Bearer canary-web', 'X-Team': 'blue' } },
    { name: 'plain_1', command: 'my-server', args: [], env: {}, cwd: undefined },
  ]);
  expect(toMcpServers(parsed('models: [a]', {}))).toEqual([]);
});

test('what they are given is not shown, and is taken out of what they log', () => {
  const text = `
mcp_servers:
  files: { command: a, args: [--token=canary1, --port=80, { $env: WORD }], env: { GITHUB_TOKEN: canary2, AWS_ACCESS_KEY_ID: canary3, LEVEL: debug, ANY: { $env: ANY } } }
  web: { url: "https://me:canary4@example.com/mcp?key=canary5", headers: { Authorization: Bearer canary6 } }
  hidden: { url: { $env: URL } }
`;
  const env = { WORD: 'canary-word', ANY: 'canary-any', URL: 'https://example.com/canary-url' };
  const config = parsed(text, env);
  expect(redactedConfig(config)).toEqual({
    mcp_servers: {
      files: {
        command: 'a',
        args: ['--token=***', '--port=80', { $env: 'WORD' }],
        env: { GITHUB_TOKEN: '***', AWS_ACCESS_KEY_ID: '***', LEVEL: 'debug', ANY: { $env: 'ANY' } },
      },
      web: { url: 'https://***@example.com/mcp?key=***', headers: { Authorization: '***' } },
      hidden: { url: { $env: 'URL' } },
    },
  });
  expect(parse(text, env).secrets).toEqual([
    'canary1',
    'canary-word',
    'canary2',
    'canary3',
    'canary-any',
    'canary4',
    'me:canary4',
    'bWU6Y2FuYXJ5NA==',
    'canary5',
    'canary6',
    'https://example.com/canary-url',
  ]);
});

describe('problems', () => {
  const rows: [what: string, yaml: string, problems: string[]][] = [
    ['good', 'mcp_servers: {a: {command: b}, c: {url: "http://localhost:1/mcp"}}\npurposes: {p: {tools: [a/*, c/d, plugin]}}', []],
    ['a list', 'mcp_servers: [a]', ['error wrongType mcp_servers 0:13-0:16']],
    ['a text', 'mcp_servers: {a: npx}', ['error wrongType mcp_servers.a 0:17-0:20']],
    ['neither', 'mcp_servers: {a: {args: [b]}}', ['error missingKey mcp_servers.a.command 0:14-0:15']],
    ['both', 'mcp_servers: {a: {command: b, url: "http://c"}}', ['error conflictingKeys mcp_servers.a.url 0:30-0:33']],
    ['headers of a program', 'mcp_servers: {a: {command: b, headers: {X: y}}}', ['error conflictingKeys mcp_servers.a.headers 0:30-0:37']],
    ['env of an address', 'mcp_servers: {a: {url: "http://c", env: {X: y}}}', ['error conflictingKeys mcp_servers.a.env 0:35-0:38']],
    ['another protocol', 'mcp_servers: {a: {url: "file:///c"}}', ['error invalidValue mcp_servers.a.url 0:23-0:34']],
    ['args, not a list', 'mcp_servers: {a: {command: b, args: c}}', ['error wrongType mcp_servers.a.args 0:36-0:37']],
    ['args, nested', 'mcp_servers: {a: {command: b, args: [[c]]}}', ['error wrongType mcp_servers.a.args[0] 0:37-0:40']],
    ['env, nested', 'mcp_servers: {a: {command: b, env: {c: [d]}}}', ['error wrongType mcp_servers.a.env.c 0:39-0:42']],
    [
      'a header with two lines',
      'mcp_servers: {a: {url: "http://b", headers: {X: "c\\nd"}}}',
      ['error invalidValue mcp_servers.a.headers.X 0:48-0:54'],
    ],
    ['a name with a slash', 'mcp_servers: {a/b: {command: c}}', ['error invalidValue mcp_servers.a/b 0:14-0:17']],
    ['an unknown key', 'mcp_servers: {a: {command: b, arg: [c]}}', ['warning unknownKey mcp_servers.a.arg 0:30-0:33']],
    [
      'a tool of no server',
      'mcp_servers: {files: {command: b}}\npurposes: {p: {tools: [file/*]}}',
      ['warning unknownServer purposes.p.tools[0] 1:23-1:29'],
    ],
  ];
  test.each(rows)('%s', (_, text, problems) => {
    expect(parse(text).problems.map(show)).toEqual(problems);
  });
});

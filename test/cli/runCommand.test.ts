import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runCli } from './support/runCli.ts';

const root = new URL('../../', import.meta.url);

describe('help', () => {
  test('--help names every command and every option of serving', async () => {
    const { code, out, err } = await runCli(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const word of [
      'prompt',
      'chat',
      'models',
      'config',
      'schema',
      '--stdio',
      '--pipe',
      '--socket',
      '--framing',
      '--max-message-bytes',
      '--log-format',
      '--log-level',
      'doctor',
      '--config',
      '--version',
    ])
      expect(out).toContain(word);
    expect(out).toMatch(/^Usage:\n {2}llm-sidecar \[options\]/m);
  });

  test.each([
    [['prompt', '--help'], 'llm-sidecar prompt [TEXT…] [options]'],
    [['prompt', 'text', '-m', 'echo', '-h'], 'llm-sidecar prompt [TEXT…] [options]'],
    [['help', 'chat'], 'llm-sidecar chat [options]'],
    [['models', '--help'], 'llm-sidecar models [options]'],
    [['config', '--help'], 'llm-sidecar config check [FILE] [--json]'],
    [['config', 'check', '--help'], 'llm-sidecar config check [FILE] [--json]'],
    [['schema', '--help'], 'llm-sidecar schema'],
  ])('%s has usage and examples, in plain text and at most 110 columns', async (words, usage) => {
    const { code, out, err } = await runCli(words);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(usage);
    expect(out).toMatch(/^Examples:\n {2}\S/m);
    expect(out).not.toContain('\u001b');
    expect(out.split('\n').filter((line) => line.length > 110)).toEqual([]);
  });
});

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
  expect(await runCli(['--version'])).toEqual({ code: 0, out: `llm-sidecar ${version}\n`, err: '' });
});

test('schema prints the OpenRPC document', async () => {
  const { code, out } = await runCli(['schema']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(JSON.parse(readFileSync(new URL('docs/openrpc.json', root), 'utf8')));
});

test.each([
  [['promt'], 'error: there is no command promt. Did you mean prompt?\nllm-sidecar --help shows how it is used.\n'],
  [['toString'], 'error: there is no command toString.\nllm-sidecar --help shows how it is used.\n'],
  [['help', 'modles'], 'error: there is no command modles. Did you mean models?\nllm-sidecar --help shows how it is used.\n'],
  [['models', 'gpt'], 'error: models takes no gpt: it lists all that may be used\nllm-sidecar models --help shows how it is used.\n'],
  [['models', '--jsno'], 'error: there is no option --jsno. Did you mean --json?\nllm-sidecar models --help shows how it is used.\n'],
  [
    ['chat', 'hi'],
    'error: chat takes no TEXT: say it when the chat has begun, or use prompt\nllm-sidecar chat --help shows how it is used.\n',
  ],
  [
    ['schema', 'x'],
    'error: schema takes no words; the schema of the configuration is: llm-sidecar config schema\nllm-sidecar schema --help shows how it is used.\n',
  ],
  [['config'], 'error: config needs one of check, path, schema\nllm-sidecar config --help shows how it is used.\n'],
  [['config', 'chekc'], 'error: config does not know chekc. Did you mean config check?\nllm-sidecar config --help shows how it is used.\n'],
])('%s is not understood: exit code 2 and a hint', async (words, err) => {
  expect(await runCli(words)).toEqual({ code: 2, out: '', err });
});

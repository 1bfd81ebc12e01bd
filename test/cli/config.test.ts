import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folderWith } from './support/folder.ts';
import { runCli } from './support/runCli.ts';

const run = async (words: string[], files: Record<string, string> = {}, env: Record<string, string> = {}) => {
  const folder = folderWith(files);
  return { folder, ...(await runCli(['config', ...words], { folder, env })) };
};

describe('config check', () => {
  test('marks every problem under its line', async () => {
    const yaml = `defualt_model: echo
purposes:
\tchat: x
`;
    const { code, out, err } = await run(['check'], { 'llm-sidecar.yaml': yaml });
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/^llm-sidecar\.yaml:3:1: error: .* \[syntaxError\]\n {2}3 \| \tchat: x\n {4}\| \^/m);
  });

  test('by rows: problem, place, line and mark', async () => {
    const yaml = `defualt_model: echo
purposes:
  東京: { modle: echo }
  keys: { model: { model: echo, key: sk-abcdefghijklmnop1234567890 } }
require_keys: maybe
`;
    const { code, out } = await run(['check', 'team.yaml'], { 'team.yaml': yaml });
    expect(code).toBe(1);
    expect(out).toBe(`team.yaml:1:1: warning: Unknown key "defualt_model"; it is ignored. Did you mean "default_model"? [unknownKey]
  1 | defualt_model: echo
    | ^^^^^^^^^^^^^

team.yaml:3:9: warning: Unknown key "modle"; it is ignored. Did you mean "model"? [unknownKey]
  3 |   東京: { modle: echo }
    |           ^^^^^

team.yaml:4:38: error: This looks like a key itself. Give the name of a secret, such as OPENAI_API_KEY, and put the key in the environment. [keyNotName]
  4 |   keys: { model: { model: echo, key: ***************************** } }
    |                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

team.yaml:5:15: error: Expected true or false, found text. [wrongType]
  5 | require_keys: maybe
    |               ^^^^^

2 errors, 2 warnings
`);
  });

  test('a key in a line that is wrong for another reason is not shown', async () => {
    const yaml = 'providers: { openai: { headers: { Authorization: Bearer sk-abcdefghijklmnop } , bsae_url: x } }\n';
    const { out } = await run(['check'], { 'llm-sidecar.yaml': yaml });
    expect(out).toContain('bsae_url');
    expect(out).toContain('Authorization: *');
    expect(out).not.toContain('abcdefghijklmnop');
  });

  test('a very long line is cut to the place', async () => {
    const yaml = `models: [${Array.from({ length: 100 }, () => 'echo').join(', ')}, {a: 1}]\n`;
    const { out } = await run(['check'], { 'llm-sidecar.yaml': yaml });
    const [, line = '', mark = ''] = out.split('\n');
    expect(line).toMatch(/^ {2}1 \| ….*, \{a: 1\}\]$/);
    expect(line.length).toBeLessThan(175);
    expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('{a: 1}');
  });

  test('warnings alone are exit code 0', async () => {
    const { code, out } = await run(['check'], { 'llm-sidecar.yaml': 'default_model: ehco\n' });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^llm-sidecar\.yaml:1:16: warning: .*ehco.*\[unknownModel\]\n {2}1 \| default_model: ehco\n {4}\| {16}\^{4}\n\nok, 1 warning: llm-sidecar\.yaml\n/,
    );
  });

  test('says what it found', async () => {
    const yaml = 'default_model: echo\nmodels: [echo, gpt-4o]\nblocked_models: [gpt-4.1]\npurposes: { chat: {}, sql: {} }\n';
    const { code, out, err } = await run(['check'], { 'llm-sidecar.yaml': yaml });
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'ok: llm-sidecar.yaml\n  default model  echo\n  purposes       chat, sql\n  models         echo, gpt-4o\n  blocked        gpt-4.1\n',
      err: '',
    });
  });

  test('without a file says what that means and where one would be read', async () => {
    const { code, out } = await run(['check']);
    expect({ code, out }).toEqual({
      code: 0,
      out: 'ok: there is no configuration file, so every model whose key is set may be used\nlooked for:\n  llm-sidecar.yaml\n  .config/llm-sidecar/config.yaml\n',
    });
  });

  test('of a file that is not there', async () => {
    const { code, out } = await run(['check', 'gone.yaml']);
    expect(code).toBe(1);
    expect(out).toMatch(/^gone\.yaml: error: .*does not exist.* \[fileMissing\]\n\n1 error\n$/);
  });

  test('--json has path, ok and the diagnostics', async () => {
    const { code, out, folder } = await run(['check', '--json'], { 'llm-sidecar.yaml': 'require_keys: maybe\n' });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      path: `${folder}/llm-sidecar.yaml`,
      ok: false,
      diagnostics: [
        {
          severity: 'error',
          code: 'wrongType',
          message: 'Expected true or false, found text.',
          path: 'require_keys',
          range: { start: { line: 0, character: 14 }, end: { line: 0, character: 19 } },
          source: `${folder}/llm-sidecar.yaml`,
        },
      ],
    });
  });
});

describe('config path', () => {
  test.each<[string, string[], Record<string, string>, string]>([
    ['here', [], {}, 'llm-sidecar.yaml'],
    ['by the variable', [], { LLM_SIDECAR_CONFIG: 'other.yaml' }, 'other.yaml'],
    ['by -c', ['-c', 'third.yaml'], { LLM_SIDECAR_CONFIG: 'other.yaml' }, 'third.yaml'],
  ])('%s', async (_, words, env, name) => {
    const files = { 'llm-sidecar.yaml': '', 'other.yaml': '', 'third.yaml': '' };
    const { code, out, err, folder } = await run(['path', ...words], files, env);
    expect({ code, out, err }).toEqual({ code: 0, out: `${folder}/${name}\n`, err: '' });
  });

  test('none: exit code 1 and where it looked', async () => {
    const { code, out, err } = await run(['path']);
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: 'There is no configuration file.\nlooked for:\n  llm-sidecar.yaml\n  .config/llm-sidecar/config.yaml\n',
    });
  });

  test('one that was asked for and is not there', async () => {
    const { code, out, err } = await run(['path', '-c', 'gone.yaml']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/gone\.yaml: This file was asked for by --config and does not exist/);
  });
});

test('config schema is JSON Schema of every key', async () => {
  const { code, out } = await run(['schema']);
  expect(code).toBe(0);
  const schema = JSON.parse(out) as { title: string; properties: Record<string, unknown> };
  expect(schema.title).toBe('Configuration of llm-sidecar');
  const documented = readFileSync(new URL('../../docs/llm-sidecar.yaml', import.meta.url), 'utf8').match(/^[a-z_]+(?=:)/gm) ?? [];
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(documented));
  expect(documented).toContain('default_model');
});

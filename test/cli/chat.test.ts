import { describe, expect, test } from 'vitest';
import { folderWith } from './support/folder.ts';
import { runCli, startCli } from './support/runCli.ts';

const config = 'default_model: echo\ntest_models: true\npurposes: { kind: { model: echo, system: Be kind } }\n';
const run = async (words: string[], input: string) =>
  runCli(['chat', ...words], { folder: folderWith({ 'llm-sidecar.yaml': config }), input });

/** Several JSON documents, one after another. */
function documents(out: string): { prompt: string; system: string; previous: unknown; stream: boolean }[] {
  return out
    .split(/(?<=^\}\n)/m)
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text));
}

describe('chat without a terminal', () => {
  test('answers line by line and sends what was said before', async () => {
    const { code, out, err } = await run(['-s', 'Be brief'], 'one\n\ntwo\nthree');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(documents(out).map(({ prompt, system, previous }) => ({ prompt, system, previous }))).toEqual([
      { prompt: 'one', system: 'Be brief', previous: [] },
      { prompt: 'two', system: 'Be brief', previous: [{ prompt: 'one' }] },
      { prompt: 'three', system: 'Be brief', previous: [{ prompt: 'one' }, { prompt: 'two' }] },
    ]);
  });

  test('the purpose gives model and system prompt', async () => {
    expect(documents((await run(['--purpose', 'kind'], 'x\ny\n')).out)).toMatchObject([{ system: 'Be kind' }, { system: 'Be kind' }]);
  });

  test.each(['exit', 'quit', ' EXIT '])('%s ends it', async (word) => {
    expect(await run([], `{"raw":"A"}\n${word}\n{"raw":"B"}\n`)).toEqual({ code: 0, out: 'A\n', err: '' });
  });

  test('a failed message is not kept, and is the exit code', async () => {
    const { code, out, err } = await run([], 'first\n{"tool_calls":[{}]}\nlast\n');
    expect(code).toBe(1);
    expect(err).toBe('error (invalidParams): echo: each of tool_calls has to be an object with a name and, if needed, arguments\n');
    expect(documents(out).at(-1)).toMatchObject({ prompt: 'last', previous: [{ prompt: 'first' }] });
  });

  test.each<[string, string[], number, RegExp]>([
    ['an unknown model', ['-m', 'ehco'], 1, /^error \(modelNotFound\): There is no model "ehco"\. Did you mean echo\?\n$/],
    [
      'an option of the wrong kind',
      ['-o', 'example_bool', 'perhaps'],
      1,
      /^error \(invalidParams\): Wrong options: options\.example_bool: /,
    ],
  ])('%s', async (_, words, code, err) => {
    const ran = await run(words, 'x\n');
    expect({ code: ran.code, out: ran.out }).toEqual({ code, out: '' });
    expect(ran.err).toMatch(err);
  });

  test('Ctrl-C ends the answer and the chat', async () => {
    const cli = startCli(['chat', '-m', 'test-endless'], { folder: folderWith({ 'llm-sidecar.yaml': config }), input: 'x\ny\n' });
    await cli.wrote('out', '1 grün');
    cli.child.kill('SIGINT');
    const { code, err } = await cli.ended;
    expect({ code, err }).toEqual({ code: 130, err: 'cancelled: the answer is partial\n' });
  });
});

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fc } from '../support/fc.ts';
import { editText, type ConfigEdit } from '../../src/config/editText.ts';

/** As people write: with comments, odd spaces, quotes of both kinds. */
const file = `# The team's file
default_model:   echo   # the usual

purposes:
    chat: {model: 'echo', system: "x"} # inline
    other:
        # why
        description:   hi
    third: {}
models:
    - echo   # one
    - { model: b, key: TEAM_KEY }   # with a key
blocked_models: [a, "b"] # never
budgets:
    - name: a
      limit_usd:   5 # five
`;

/** The lines that are gone, and those that came. */
function difference(before: string, after: string): string[] {
  const [old, now] = [before, after].map((text) => text.split('\n')) as [string[], string[]];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
}

describe('one value is changed and every other character stays', () => {
  test.each<[string, ConfigEdit, string[]]>([
    [
      'a model',
      { path: ['default_model'], value: { model: 'test-fast' } },
      ['- default_model:   echo   # the usual', '+ default_model:   test-fast   # the usual'],
    ],
    [
      'a model in single quotes',
      { path: ['purposes', 'chat', 'model'], value: { model: 'x/y:free' } },
      [`-     chat: {model: 'echo', system: "x"} # inline`, `+     chat: {model: 'x/y:free', system: "x"} # inline`],
    ],
    [
      'a name that needs quotes',
      { path: ['default_model'], value: { model: 'a: #b' } },
      ['- default_model:   echo   # the usual', '+ default_model:   "a: #b"   # the usual'],
    ],
    [
      'a name that YAML takes for something else',
      { path: ['default_model'], value: { model: 'null' } },
      ['- default_model:   echo   # the usual', '+ default_model:   "null"   # the usual'],
    ],
    [
      'a name of digits',
      { path: ['default_model'], value: { model: '4' } },
      ['- default_model:   echo   # the usual', '+ default_model:   "4"   # the usual'],
    ],
    ['a key that was not there', { path: ['purposes', 'other', 'model'], value: { model: 'b' } }, ['+         model: b']],
    [
      'a key in an empty map',
      { path: ['purposes', 'third', 'model'], value: { model: 'b' } },
      ['-     third: {}', '+     third: {model: b}'],
    ],
    ['a purpose that was not there', { path: ['purposes', 'new', 'model'], value: { model: 'b' } }, ['+     new:', '+         model: b']],
    [
      'an amount',
      { path: ['budgets', 0, 'limit_usd'], value: { usd: '2.50' } },
      ['-       limit_usd:   5 # five', '+       limit_usd:   2.50 # five'],
    ],
    [
      'an amount that a number cannot hold',
      { path: ['budgets', 0, 'limit_usd'], value: { usd: '1234567.12345678901' } },
      ['-       limit_usd:   5 # five', '+       limit_usd:   "1234567.12345678901" # five'],
    ],
    [
      'a list on a line',
      { path: ['blocked_models'], value: { names: ['b', 'c'] } },
      ['- blocked_models: [a, "b"] # never', '+ blocked_models: [b, c] # never'],
    ],
    [
      'a list of lines: what stays keeps its comment and its key',
      { path: ['models'], value: { names: ['new', 'b'] } },
      ['-     - echo   # one', '+     - new'],
    ],
    [
      'a list that was not there',
      { path: ['purposes', 'chat', 'models'], value: { names: ['a', 'b'] } },
      [`-     chat: {model: 'echo', system: "x"} # inline`, `+     chat: {model: 'echo', system: "x", models: [a, b]} # inline`],
    ],
    ['a key that goes', { path: ['blocked_models'], value: null }, ['- blocked_models: [a, "b"] # never']],
    [
      'a key that goes out of a map on a line',
      { path: ['purposes', 'chat', 'model'], value: null },
      [`-     chat: {model: 'echo', system: "x"} # inline`, `+     chat: {system: "x"} # inline`],
    ],
    [
      'the first key that goes leaves the comment on top',
      { path: ['default_model'], value: null },
      ['- default_model:   echo   # the usual'],
    ],
    ['a key that is not there cannot go', { path: ['purposes', 'other', 'model'], value: null }, []],
  ])('%s', (_, edit, expected) => {
    expect(difference(file, editText(file, edit))).toEqual(expected);
  });

  test('the model of {model, key} is changed, and the key stays', () => {
    const text = 'default_model: { model: echo, key: TEAM_KEY }\n';
    expect(editText(text, { path: ['default_model'], value: { model: 'b' } })).toBe('default_model: { model: b, key: TEAM_KEY }\n');
  });

  test('our part of a datasette.yaml is where it is', () => {
    const text = 'title: Pelicans # ours\nplugins:\n  datasette-llm:\n    default_model: echo\n';
    expect(editText(text, { path: ['default_model'], value: { model: 'b' } }, ['plugins', 'datasette-llm'])).toBe(
      text.replace('echo', 'b'),
    );
  });

  test.each([
    ['an empty file', '', 'default_model: b\n'],
    ['a file of comments', '# soon\n', '# soon\n\ndefault_model: b\n'],
    ['a key without a value', 'default_model:\nmodels: [b]\n', 'default_model: b\nmodels: [b]\n'],
    ['lines that end as on Windows', '# top\r\ndefault_model: echo\r\nmodels: [b]\r\n', '# top\r\ndefault_model: b\r\nmodels: [b]\r\n'],
  ])('%s', (_, text, expected) => {
    expect(editText(text, { path: ['default_model'], value: { model: 'b' } })).toBe(expected);
  });

  test('a purpose whose only key goes is still a purpose', () => {
    const text = 'purposes:\n  chat:\n    model: echo\n';
    expect(parse(editText(text, { path: ['purposes', 'chat', 'model'], value: null }))).toEqual({ purposes: { chat: {} } });
  });
});

describe('what has to be changed by hand', () => {
  test.each<[string, string, ConfigEdit['path'], RegExp]>([
    ['an alias', 'a: &a { model: x }\npurposes: { chat: *a }\n', ['purposes', 'chat', 'model'], /purposes\.chat is an alias \(\*a\)/],
    ['no YAML', 'a: [', ['default_model'], /not YAML/],
  ])('%s', (_, text, path, message) => {
    expect(() => editText(text, { path, value: { model: 'b' } })).toThrow(message);
  });
});

test('whatever the names, the file says what was wanted and nothing else has changed', { timeout: 60_000 }, () => {
  const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
  fc.assert(
    fc.property(name, fc.uniqueArray(name, { maxLength: 5 }), (model, names) => {
      const first = editText(file, { path: ['purposes', 'chat', 'model'], value: { model } });
      const second = editText(first, { path: ['blocked_models'], value: { names } });
      const before = parse(file) as Record<string, any>;
      expect(parse(second)).toEqual({
        ...before,
        purposes: { ...before['purposes'], chat: { model, system: 'x' } },
        blocked_models: names,
      });
      expect(second).toContain('# inline');
    }),
    { numRuns: 200 },
  );
});

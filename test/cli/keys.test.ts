import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSecretLine } from '../../src/cli/secretLine.ts';
import { folderWith } from './support/folder.ts';
import { mainFile, runCli, startCli } from './support/runCli.ts';
import { hasPseudoTerminals, openProgram, openTerminal } from './support/terminalCli.ts';

const canary = 'sk-canary-1234567890abcdef';
const note = '"// Note": "This file stores secret API credentials. Do not share!"';
const fileOf = (folder: string): string => join(folder, 'llm', 'keys.json');
const keysIn = (folder: string): unknown => JSON.parse(readFileSync(fileOf(folder), 'utf8'));
if (!hasPseudoTerminals) console.warn('SKIPPED: the tests in a terminal, because there is no python3 with pty on this machine');

describe('keys set', () => {
  test.each<[what: string, input: string, key: string]>([
    ['without a line break', canary, canary],
    ['one line break at the end is not of the key', `${canary}\n`, canary],
    ['nor one of Windows', `${canary}\r\n`, canary],
    ['a second one is', `${canary}\n\n`, `${canary}\n`],
    ['spaces are kept', ` ${canary} `, ` ${canary} `],
    ['lines are kept', 'one\ntwo\n', 'one\ntwo'],
    ['a byte order mark goes', `\ufeff${canary}\n`, canary],
    ['any text', 'grün 東京 🚀 "\\\n', 'grün 東京 🚀 "\\'],
  ])('piped in: %s', async (_, input, key) => {
    const folder = folderWith();
    expect(await runCli(['keys', 'set', 'openai'], { folder, input })).toEqual({ code: 0, out: '', err: '' });
    expect(keysIn(folder)).toEqual({ '// Note': 'This file stores secret API credentials. Do not share!', openai: key });
    expect((statSync(fileOf(folder)).mode & 0o777).toString(8)).toBe('600');
  });

  test('the key is found by the rest of the house', async () => {
    const folder = folderWith({ 'llm-sidecar.yaml': 'test_models: true\n' });
    await runCli(['keys', 'set', 'openai'], { folder, input: canary });
    const { out } = await runCli(['models', '--json'], { folder });
    const { models } = JSON.parse(out) as { models: { id: string; keySource?: string }[] };
    expect(models.find(({ id }) => id === 'gpt-4o')?.keySource).toBe('keysFile');
    expect(out).not.toContain(canary);
  });

  test('a configuration with errors is no obstacle', async () => {
    const folder = folderWith({ 'llm-sidecar.yaml': 'require_keys: maybe\n' });
    expect(await runCli(['keys', 'set', 'openai'], { folder, input: canary })).toEqual({ code: 0, out: '', err: '' });
  });

  const onceMore = 'llm-sidecar keys --help shows how it is used.\n';
  const isTyped = 'the key is typed when it is asked for, or piped in, since the command line is not secret';

  test.each<[words: string[], err: string]>([
    [['openai', canary], `error: keys set takes a NAME and nothing more: ${isTyped}\n`],
    [['openai', '--value', canary], `error: keys set takes a NAME and nothing more: ${isTyped}\n`],
    [[`--value=${canary}`, 'openai'], `error: keys set takes a NAME and nothing more: ${isTyped}\n`],
    [[`-${canary}`], `error: keys set takes a NAME and nothing more: ${isTyped}\n`],
    [[canary], `error: the NAME looks like a key itself; name it, such as openai: ${isTyped}\n`],
    [[`openai=${canary}`], `error: the NAME has a space, a control character or =: ${isTyped}\n`],
    [['// Note'], `error: the NAME begins with //, as comments do: ${isTyped}\n`],
    [[''], `error: the NAME is empty: ${isTyped}\n`],
    [[], 'error: keys set needs a NAME, such as openai\n'],
  ])('%j is refused, and a key in it is not repeated', async (words, err) => {
    const folder = folderWith();
    // Before anything is read: a pipe that stays open.
    const ran = await startCli(['keys', 'set', ...words], { folder, input: null }).ended;
    expect(ran).toEqual({ code: 2, out: '', err: err + onceMore });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each<[what: string, input: string]>([
    ['nothing', ''],
    ['a line break', '\n'],
    ['blanks', ' \t\n'],
  ])('an empty key is refused: %s', async (_, input) => {
    const folder = folderWith();
    expect(await runCli(['keys', 'set', 'openai'], { folder, input })).toEqual({
      code: 1,
      out: '',
      err: 'error (invalidParams): The key is empty. Nothing was changed.\n',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('what is no text is refused', async () => {
    const { child, ended } = startCli(['keys', 'set', 'openai'], { input: null });
    child.stdin.end(Buffer.from('sk-\xff', 'latin1'));
    expect(await ended).toEqual({ code: 1, out: '', err: 'error (invalidParams): What was piped in is not text in UTF-8.\n' });
  });

  test('a file that is not JSON is left alone, not quoted, and no key is asked for', async () => {
    const folder = folderWith({ 'llm/keys.json': `{"openai": ${canary}}` });
    const { code, out, err } = await startCli(['keys', 'set', 'openai'], { folder, input: null }).ended;
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: `error (secretsUnavailable): ${fileOf(folder)} is not a JSON object of names and keys, so it was left as it is. Correct it, or move it away.\n`,
    });
    expect(readFileSync(fileOf(folder), 'utf8')).toBe(`{"openai": ${canary}}`);
  });
});

describe('keys list, path and remove', () => {
  const files = { 'llm/keys.json': `{${note}, "openai": "${canary}", "anthropic": "${canary}"}` };

  test('list has names alone', async () => {
    expect(await runCli(['keys', 'list'], { folder: folderWith(files) })).toEqual({ code: 0, out: 'anthropic\nopenai\n', err: '' });
    expect(await runCli(['keys', 'list'])).toEqual({ code: 0, out: '', err: '' });
  });

  test('list --json', async () => {
    const folder = folderWith(files);
    const { code, out, err } = await runCli(['keys', 'list', '--json'], { folder });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual({ path: fileOf(folder), names: ['anthropic', 'openai'] });
  });

  test.each<[what: string, env: Record<string, string>, path: string]>([
    ['LLM_USER_PATH', {}, 'llm/keys.json'],
    ['relative to here', { LLM_USER_PATH: 'there' }, 'there/keys.json'],
    ...(process.platform === 'linux'
      ? ([
          ['the folder of llm', { LLM_USER_PATH: '' }, '.config/io.datasette.llm/keys.json'],
          ['XDG', { LLM_USER_PATH: '', XDG_CONFIG_HOME: '/xdg' }, '/xdg/io.datasette.llm/keys.json'],
        ] as [string, Record<string, string>, string][])
      : []),
  ])('path: %s', async (_, env, path) => {
    const folder = folderWith();
    const out = path.startsWith('/') ? path : join(folder, path);
    expect(await runCli(['keys', 'path'], { folder, env })).toEqual({ code: 0, out: `${out}\n`, err: '' });
  });

  test('remove', async () => {
    const folder = folderWith(files);
    expect(await runCli(['keys', 'remove', 'openai'], { folder })).toEqual({ code: 0, out: '', err: '' });
    expect(readFileSync(fileOf(folder), 'utf8')).toBe(`{\n  ${note},\n  "anthropic": "${canary}"\n}\n`);
  });

  test.each<[name: string, err: string]>([
    ['opnai', 'There is no key "opnai" in PATH. Did you mean openai?'],
    ['other', 'There is no key "other" in PATH.'],
    ['// Note', 'There is no key "// Note" in PATH.'],
    [canary, 'There is no key of this name in PATH.'],
  ])('remove %s', async (name, err) => {
    const folder = folderWith(files);
    expect(await runCli(['keys', 'remove', name], { folder })).toEqual({
      code: 1,
      out: '',
      err: `error (secretNotFound): ${err.replace('PATH', fileOf(folder))}\n`,
    });
    expect(readFileSync(fileOf(folder), 'utf8')).toBe(files['llm/keys.json']);
  });

  test.each<[words: string[], err: string]>([
    [[], 'keys needs one of path, list, set, remove'],
    [['--json'], 'keys needs one of path, list, set, remove'],
    [[canary], 'keys needs one of path, list, set, remove'],
    [['lst'], 'keys does not know lst. Did you mean keys list?'],
    [['toString'], 'keys does not know toString. It knows path, list, set, remove.'],
    [['list', 'x'], 'keys list takes no words'],
    [['list', '--jsno'], 'there is no option --jsno. Did you mean --json?'],
    [['path', 'x'], 'keys path takes no words'],
    [['remove'], 'keys remove needs one NAME'],
    [['remove', 'a', 'b'], 'keys remove needs one NAME'],
  ])('%j is not understood', async (words, err) => {
    const ran = await runCli(['keys', ...words]);
    expect(ran).toEqual({ code: 2, out: '', err: `error: ${err}\nllm-sidecar keys --help shows how it is used.\n` });
  });

  test('help', async () => {
    const { code, out } = await runCli(['keys', '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage:\n {2}llm-sidecar keys set NAME /m);
    expect(out.split('\n').filter((line) => line.length > 110)).toEqual([]);
  });
});

describe.skipIf(!hasPseudoTerminals)('a key that is typed', () => {
  const prompt = 'Key for openai (it is not shown): ';
  const plain = { NO_COLOR: '1' };
  const open = (folder: string) => openTerminal(['keys', 'set', 'openai'], { folder, env: plain, columns: 200 });

  test.each<[what: string, keys: string[], key: string]>([
    ['typed, then Return', [...canary.split(''), '\r'], canary],
    ['pasted, with its line break', [`${canary}\r`], canary],
    ['pasted between the marks of a terminal', [`\u001b[200~${canary}\u001b[201~`, '\r'], canary],
    ['Backspace', ['skk\u007f-é🚀\u007f\b1', '\r'], 'sk-1'],
    ['Ctrl-U begins anew', ['wrong\u0015right\r'], 'right'],
    ['arrows and other keys are not of it', ['a\u001b[D\u001b[3~\u001bOHb\u0007\u001b', '[Cc\r'], 'abc'],
    ['Ctrl-D ends it too', ['abc', '\u0004'], 'abc'],
    ['text that is cut between bytes', ['é', '東京', '\r'], 'é東京'],
  ])('%s: nothing of it is on the screen', async (_, keys, key) => {
    const folder = folderWith();
    const terminal = open(folder);
    await terminal.shows(prompt);
    for (const one of keys) terminal.type(one);
    const { code, screen } = await terminal.ended;
    expect({ code, screen }).toEqual({ code: 0, screen: `${prompt}\r\nopenai is set in ${fileOf(folder)}\r\n` });
    expect(keysIn(folder)).toMatchObject({ openai: key });
  });

  test.each<[what: string, keys: string, code: number, err: string]>([
    ['Ctrl-C', 'sk-can\u0003', 130, ''],
    ['Return alone', '\r', 1, 'error (invalidParams): The key is empty. Nothing was changed.\r\n'],
    ['Ctrl-D alone', '\u0004', 1, 'error (invalidParams): The key is empty. Nothing was changed.\r\n'],
    [
      'several lines',
      `${canary}\rsecond\rthird`,
      1,
      'error (invalidParams): Several lines were pasted, and only one can be typed here. Pipe them in: … < FILE.\r\n',
    ],
  ])('%s: nothing is kept, and the terminal is as it was', async (_, keys, code, err) => {
    const folder = folderWith();
    const terminal = openProgram(
      [
        'sh',
        '-c',
        `'${process.execPath}' '${mainFile}' keys set openai; echo "code $?"; stty -a | tr ' ;' '\\n\\n' | grep -xE -- '-?(echo|icanon|isig|icrnl)'`,
      ],
      { folder, env: plain, columns: 200 },
    );
    await terminal.shows(prompt);
    terminal.type(keys);
    const { screen } = await terminal.ended;
    expect(screen.replaceAll(/(-?(echo|icanon|isig|icrnl)\r\n)+$/g, (modes) => modes.split('\r\n').toSorted().join(' '))).toBe(
      `${prompt}\r\n${err}code ${code}\r\n echo icanon icrnl isig`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s while it is asked for: the terminal is as it was', async (signal, code) => {
    const folder = folderWith();
    const inner = `echo pid $$; exec '${process.execPath}' '${mainFile}' keys set openai`;
    const terminal = openProgram(
      ['sh', '-c', `trap : INT; sh -c "$1"; echo "code $?"; stty -a | tr ' ;' '\\n\\n' | grep -xE -- '-?echo'`, 'sh', inner],
      { folder, env: plain, columns: 200 },
    );
    await terminal.shows(prompt);
    // Nothing is typed: it could come after the end, when the shell shows it.
    process.kill(Number(/pid (\d+)/.exec(terminal.seen())?.[1]), signal);
    const { screen } = await terminal.ended;
    expect(screen.replace(/^pid \d+\r\n/, '')).toBe(`${prompt}\r\ncode ${code}\r\necho\r\n`);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('list without keys says how to set one', async () => {
    const { screen } = await openTerminal(['keys', 'list'], { env: plain }).ended;
    expect(screen).toBe('There are none yet: llm-sidecar keys set NAME\r\n');
  });
});

describe('the line that is typed', () => {
  test.each<[what: string, pieces: string[], state: string, text: string, hasMore: boolean]>([
    ['a sequence in pieces', ['a\u001b', '[', '1;5', 'Db'], 'open', 'ab', false],
    ['Escape by itself', ['a', '\u001b', 'b'], 'open', 'ab', false],
    ['a tab', ['a\tb'], 'open', 'a\tb', false],
    ['C1 controls', ['a\u009bb'], 'open', 'ab', false],
    ['Ctrl-W', ['one two\u0017three'], 'open', 'three', false],
    ['Backspace at the start', ['\u007f\u007fa'], 'open', 'a', false],
    ['blank lines after it', ['a\r\n\r\n '], 'ended', 'a', false],
    ['more in another piece', ['a\r', 'b'], 'ended', 'a', true],
    ['Ctrl-C before the end', ['a\u0003b\r'], 'cancelled', 'a', false],
  ])('%s', (_, pieces, state, text, hasMore) => {
    const line = createSecretLine();
    const states = pieces.map((piece) => line.take(piece));
    expect({ state: states.at(-1), text: line.text(), hasMore: line.hasMore() }).toEqual({ state, text, hasMore });
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chatServer } from './support/chatServer.ts';
import { folderWith } from './support/folder.ts';
import { runCli } from './support/runCli.ts';
import { hasPseudoTerminals, openTerminal, withoutWaiting } from './support/terminalCli.ts';

const config = 'default_model: echo\ntest_models: true\n';
const folder = () => folderWith({ 'llm-sidecar.yaml': config });
if (!hasPseudoTerminals) console.warn('SKIPPED: the tests in a terminal, because there is no python3 with pty on this machine');

describe.skipIf(!hasPseudoTerminals)('prompt in a terminal', () => {
  test('reasoning is dim, then the answer, then the usage', async () => {
    const { code, screen } = await openTerminal(['prompt', '-o', 'thinking', 'true', '--usage', '{"raw":"Hello"}'], { folder: folder() })
      .ended;
    expect(code).toBe(0);
    expect(withoutWaiting(screen).replace(/\d+\.\d s/, '0.0 s')).toBe(
      '\u001b[2mFirst I consider the prompt, \u001b[22m\u001b[2mthen I decide what to say.\u001b[22m\r\n\r\nHello\r\n' +
        '\u001b[2mecho · 1 token in · 1 out · cost unknown · 0.0 s\u001b[22m\r\n',
    );
  });

  test('escape sequences of a model are shown, not obeyed', async () => {
    const raw = JSON.stringify({ raw: 'a\u001b[2Jb\u009bc\r\n\td\u0007' });
    const { screen } = await openTerminal(['prompt', raw], { folder: folder() }).ended;
    expect(withoutWaiting(screen)).toBe('a␛[2Jb�c\r\r\n\td␇\r\n');
  });

  test('warnings of the configuration are one quiet line', async () => {
    const folder = folderWith({ 'llm-sidecar.yaml': 'default_model: echo\ncolour: blue\n' });
    const { screen } = await openTerminal(['prompt', '{"raw":"Hello"}'], { folder }).ended;
    expect(withoutWaiting(screen)).toBe('\u001b[2mthe configuration has warnings: llm-sidecar config check\r\n\u001b[22mHello\r\n');
  });

  test('NO_COLOR', async () => {
    const { screen } = await openTerminal(['prompt', '-m', 'ehco', 'x'], { folder: folder(), env: { NO_COLOR: '1' } }).ended;
    expect(withoutWaiting(screen)).toBe('error (modelNotFound): There is no model "ehco". Did you mean echo?\r\n');
  });

  test.each([
    [['prompt', '-m', 'nothing-like-it', 'x'], 'llm-sidecar models lists those that may be used, with --all all that are known.'],
    [['prompt', '-m', 'gpt-5.4', 'x'], 'llm-sidecar keys set NAME keeps a key; llm-sidecar explain says where one was looked for.'],
    [['embed', '-m', 'echo', 'x'], 'llm-sidecar models lists them.'],
  ])('%s: the failure ends with the command that goes on from there', async (words, step) => {
    const { screen } = await openTerminal(words, { folder: folder(), env: { NO_COLOR: '1' } }).ended;
    expect(screen.endsWith(`\r\n  ${step}\r\n`) ? step : screen).toBe(step);
  });

  test('Ctrl-C ends the answer', async () => {
    const terminal = openTerminal(['prompt', '-m', 'test-endless', 'x'], { folder: folder() });
    await terminal.shows('2 grün');
    terminal.type('\u0003');
    const { code, screen } = await terminal.ended;
    expect(code).toBe(130);
    expect(screen).toMatch(/\^C[^]*\r\n\u001b\[33mcancelled: the answer is partial\u001b\[39m\r\n$/);
  });
});

describe.skipIf(!hasPseudoTerminals)('chat in a terminal', () => {
  test('a whole conversation: question, answer cut short, question, exit', async () => {
    const terminal = openTerminal(['chat', '--no-markdown', '-m', 'test-slow'], { folder: folder(), env: { NO_COLOR: '1' } });
    await terminal.shows('test-slow · /help · Ctrl-C ends an answer, Ctrl-D the chat');
    await terminal.shows('> ');
    terminal.type('first\r');
    await terminal.shows('19 grün 東京 🚀 \r\n');
    await terminal.shows('> ');
    // One that cannot be over before the keys arrive.
    terminal.type('/model test-endless\r');
    await terminal.shows('test-endless\r\n');
    await terminal.shows('> ');
    terminal.type('second\r');
    await terminal.shows('0 grün');
    terminal.type('\u0003');
    await terminal.shows('cancelled: the answer is partial');
    await terminal.shows('> ');
    terminal.type('exit\r');
    expect((await terminal.ended).code).toBe(0);
  });

  test('what is pasted is one message, and the history has it', async () => {
    const terminal = openTerminal(['chat'], { folder: folder(), env: { NO_COLOR: '1' } });
    await terminal.shows('> ');
    terminal.type('one\rtwo\r');
    await terminal.shows('"prompt": "one\\ntwo"');
    await terminal.shows('> ');
    terminal.type('\u001b[A\r');
    await terminal.shows('"previous": [');
    await terminal.shows('> ');
    terminal.type('\u0004');
    expect((await terminal.ended).code).toBe(0);
  });

  test('Markdown is shown as it looks', async () => {
    const terminal = openTerminal(['chat'], { folder: folder() });
    await terminal.shows('> ');
    terminal.type(`${JSON.stringify({ raw: '# Title\n\n- **one**' })}\r`);
    await terminal.shows('\u001b[1m\u001b[4mTitle\u001b[24m\u001b[22m\r\n');
    await terminal.shows('\u001b[2m• \u001b[22m\u001b[1mone\u001b[22m\r\n');
    await terminal.shows('> ');
    terminal.type('\u0004');
    expect((await terminal.ended).code).toBe(0);
  });

  test('commands: another model, another purpose, what it cost, forgetting', async () => {
    const yaml = `${config}purposes: { kind: { model: echo, system: Be kind } }\n`;
    const terminal = openTerminal(['chat'], { folder: folderWith({ 'llm-sidecar.yaml': yaml }), env: { NO_COLOR: '1' } });
    const say = async (text: string, ...answers: readonly string[]): Promise<void> => {
      await terminal.shows('> ');
      terminal.type(`${text}\r`);
      for (const answer of answers) await terminal.shows(answer);
    };
    await say('/usage', 'Nothing was used yet.');
    await say('/model test-fast', 'test-fast\r\n');
    await say('/model ehco', 'error (modelNotFound)');
    await say('/model', 'test-fast\r\n');
    await say('/purpose kind', 'echo for kind\r\n');
    await say('one \\', '… ');
    terminal.type('two\r');
    await terminal.shows('"prompt": "one \\ntwo"');
    await terminal.shows('"system": "Be kind"');
    await say('/usage', '1 answer · ');
    await say('/clear', 'forgotten');
    await say('//three', '"prompt": "/three"', '"previous": []');
    await say('/mo\t', '/model ');
    terminal.type('\u0015');
    terminal.type('/exit\r');
    expect((await terminal.ended).code).toBe(0);
  });

  test('what is waited for is said after a second, and taken away', async () => {
    const { promise: after, resolve: answer } = Promise.withResolvers<void>();
    const { config: local } = await chatServer(['Hello'], { after });
    const terminal = openTerminal(['prompt', 'x'], { folder: folderWith({ 'llm-sidecar.yaml': local }), env: { NO_COLOR: '1' } });
    await terminal.shows('waiting for the model · ');
    answer();
    await terminal.shows('\r\u001b[KHello');
    expect((await terminal.ended).code).toBe(0);
  });

  test('Ctrl-C empties what was typed; twice at an empty prompt it ends the chat', async () => {
    const terminal = openTerminal(['chat'], { folder: folder(), env: { NO_COLOR: '1' } });
    await terminal.shows('> ');
    terminal.type('half a mess\u0003');
    await terminal.shows('> ');
    terminal.type('whole\r');
    await terminal.shows('"prompt": "whole"');
    await terminal.shows('> ');
    terminal.type('\u0003');
    await terminal.shows('Ctrl-C once more ends the chat');
    await terminal.shows('> ');
    terminal.type('\u0003');
    expect((await terminal.ended).code).toBe(0);
  });

  test('what the terminal marks as pasted waits for Return; Alt-Return goes on in the next line', async () => {
    const terminal = openTerminal(['chat', '--no-markdown'], { folder: folder(), env: { NO_COLOR: '1' } });
    await terminal.shows('\u001b[?2004h');
    await terminal.shows('> ');
    terminal.type('\u001b[200~make \\\rall\r\u001b[201~');
    await terminal.shows('… ');
    await terminal.shows('… ');
    terminal.type('please\r');
    await terminal.shows('\u001b[?2004l');
    await terminal.shows('"prompt": "make \\\\\\nall\\nplease"');
    await terminal.shows('> ');
    terminal.type('one\u001b\r');
    await terminal.shows('… ');
    terminal.type('two\r');
    await terminal.shows('"prompt": "one\\ntwo"');
    await terminal.shows('> ');
    terminal.type('\u0004');
    expect((await terminal.ended).code).toBe(0);
  });

  test('the next chat remembers what was said, unless it shall not', async () => {
    const home = folder();
    const open = (...words: string[]) => openTerminal(['chat', ...words], { folder: home, env: { NO_COLOR: '1' } });
    const first = open();
    await first.shows('> ');
    first.type('remember me\r');
    await first.shows('"prompt": "remember me"');
    await first.shows('> ');
    first.type('\u0004');
    await first.ended;
    const second = open();
    await second.shows('> ');
    second.type('\u001b[A\r');
    await second.shows('"prompt": "remember me"');
    await second.shows('> ');
    second.type('\u0004');
    await second.ended;
    const third = open('--no-history');
    await third.shows('> ');
    third.type('\u001b[Aforget me\r');
    await third.shows('"prompt": "forget me"');
    await third.shows('> ');
    third.type('\u0004');
    await third.ended;
    expect(readFileSync(`${home}/.local/state/llm-sidecar/chat-history`, 'utf8')).toBe('"remember me"\n"remember me"\n');
  });

  test('a failure leaves the chat open', async () => {
    const terminal = openTerminal(['chat'], { folder: folder() });
    await terminal.shows('> ');
    terminal.type('{"tool_calls":[{}]}\r');
    await terminal.shows('error (invalidParams):');
    await terminal.shows('> ');
    terminal.type('hi\r');
    await terminal.shows('"previous": []');
    await terminal.shows('> ');
    terminal.type('\u0004');
    expect((await terminal.ended).code).toBe(0);
  });
});

describe.skipIf(!hasPseudoTerminals)('tables in a terminal', () => {
  test.each([
    [120, 'MODEL         PROVIDER  KEY  FEATURES               CONTEXT  IN  OUT'],
    [60, 'MODEL         PROVIDER  KEY  CONTEXT  IN  OUT'],
    [48, 'MODEL         PROVIDER  KEY  IN  OUT'],
    [32, 'MODEL         IN  OUT'],
  ])('%i columns', async (columns, title) => {
    const { screen } = await openTerminal(['models'], { folder: folder(), columns }).ended;
    const [first = '', second = ''] = withoutWaiting(screen).split('\r\n');
    expect(first).toBe(`\u001b[2m${title}\u001b[22m`);
    expect(second).toMatch(/^\u001b\[1mecho {8,}\u001b\[22m.* \u001b\[32mdefault\u001b\[39m$/);
    expect(screen).toMatch(/\d+ more need a key or are not allowed: llm-sidecar models --all/);
  });

  test('help has bold headings', async () => {
    expect((await openTerminal(['--help']).ended).screen).toContain('\u001b[1mUsage:\u001b[22m\r\n');
  });

  test('config check in colour', async () => {
    const { screen } = await openTerminal(['config', 'check'], { folder: folderWith({ 'llm-sidecar.yaml': 'require_keys: maybe\n' }) })
      .ended;
    expect(screen).toBe(
      '\u001b[1mllm-sidecar.yaml:1:15:\u001b[22m \u001b[31merror:\u001b[39m Expected true or false, found text. \u001b[2m[wrongType]\u001b[22m\r\n' +
        '\u001b[2m  1 | \u001b[22mrequire_keys: maybe\r\n\u001b[2m    | \u001b[22m              \u001b[31m^^^^^\u001b[39m\r\n\r\n\u001b[31m1 error\u001b[39m\r\n',
    );
  });
});

test('FORCE_COLOR colours what is piped', async () => {
  const { err } = await runCli(['prompt', '-m', 'ehco', 'x'], { env: { FORCE_COLOR: '1' } });
  expect(err).toContain('\u001b[31merror (modelNotFound):\u001b[39m');
});

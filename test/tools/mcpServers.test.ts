import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../protocol/index.ts';
import type { McpServerSettings, Tool, ToolOutcome } from '../../src/engine/ports.ts';
import { createMcpServers } from '../../src/tools/mcpServers.ts';
import { createToolBox } from '../../src/tools/toolBox.ts';
import { untilGone } from '../support/gone.ts';
import { quietPort } from '../support/quietPort.ts';
import { startHttpServer } from './support/httpServer.ts';

const program = fileURLToPath(new URL('support/stdioServer.ts', import.meta.url));
const stdio = (name: string, more: object = {}): McpServerSettings => ({
  name,
  command: process.execPath,
  args: [program],
  env: {},
  cwd: undefined,
  ...more,
});
const never = new AbortController().signal;

/** Servers with what they logged, and calls by `server/tool`. */
function open(...settings: McpServerSettings[]) {
  const logged: string[] = [];
  const heard = new EventTarget();
  const log = (line: string): void => {
    logged.push(line);
    heard.dispatchEvent(new Event('line'));
  };
  const servers = createMcpServers({ log, redact: (value) => value });
  servers.update(settings);
  const pick = (...names: string[]): Promise<readonly Tool[]> => createToolBox([], servers.current()).pick(names, never);
  const use = async (tool: Tool, args: Json = {}, signal = never): Promise<ToolOutcome> =>
    tool.answer({ promptId: 'p', step: 0, toolCallId: 'c', name: tool.spec.name, args, groupId: undefined, actor: null, depth: 0 }, signal);
  const call = async (name: string, args: Json = {}, signal = never): Promise<ToolOutcome> => use((await pick(name))[0]!, args, signal);
  const line = async (part: string): Promise<void> => {
    while (!logged.some((one) => one.includes(part))) await once(heard as never, 'line', { signal: AbortSignal.timeout(40_000) });
  };
  return { servers, logged, pick, use, call, line, [Symbol.asyncDispose]: () => servers.close() };
}

const textOf = ({ content }: ToolOutcome): string =>
  typeof content === 'string'
    ? content
    : content.map((part) => ('text' in part && typeof part.text === 'string' ? part.text : part.type)).join(' ');

describe('an MCP server that is a program', () => {
  test('is started on first use, tells its tools and answers', async () => {
    await using mcp = open(stdio('calc'));
    expect(mcp.logged).toEqual([]);
    const tools = await mcp.pick('calc/*');
    expect(tools.slice(0, 2).map(({ spec, registeredBy }) => [spec, registeredBy])).toEqual([
      [{ name: 'calc_add', description: 'Adds.', inputSchema: expect.objectContaining({ type: 'object', required: ['a', 'b'] }) }, 'calc'],
      [{ name: 'calc_read_file_955b0c', description: 'Read a file', inputSchema: expect.objectContaining({ type: 'object' }) }, 'calc'],
    ]);
    expect(await mcp.call('calc/add', { a: 1, b: 2 })).toEqual({ content: [{ type: 'text', text: '3' }] });
    expect(mcp.logged).toEqual(['mcp server calc: started with no token']);
  });

  const answers: [tool: string, args: Json, outcome: ToolOutcome][] = [
    [
      'picture',
      {},
      {
        content: [
          { type: 'text', text: 'here it is' },
          { type: 'attachment', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
          { type: 'attachment', mediaType: 'audio/wav', data: 'aGk=' },
          { type: 'text', text: 'notes' },
          { type: 'text', text: 'more: file:///more.txt' },
        ],
      },
    ],
    ['structured', {}, { content: [{ type: 'text', text: '{"n":1}' }] }],
    ['refuse', {}, { content: [{ type: 'text', text: 'not today' }], isError: true }],
    ['throw', {}, { content: [{ type: 'text', text: 'thrown by the tool' }], isError: true }],
    ['add', { a: 'one' }, { content: [{ type: 'text', text: expect.stringContaining('Invalid') as unknown as string }], isError: true }],
  ];
  test('what its tools answer', async () => {
    await using mcp = open(stdio('s'));
    for (const [tool, args, outcome] of answers) expect(await mcp.call(`s/${tool}`, args), tool).toEqual(outcome);
    await expect(mcp.call('s/add', 'text')).rejects.toThrow('the arguments of add have to be an object');
  });

  test('gets its arguments, folder and environment, and nothing else of ours', async () => {
    process.env['CANARY_API_KEY'] = 'canary-key';
    const folder = fileURLToPath(new URL('support', import.meta.url));
    await using mcp = open(stdio('s', { args: [program, 'one', '--two=3'], env: { TOKEN: 'for the server' }, cwd: folder }));
    const environment = textOf(await mcp.call('s/environment'));
    expect(JSON.parse(environment)).toMatchObject({ TOKEN: 'for the server', PATH: expect.any(String) });
    expect(environment).not.toContain('canary-key');
    expect(JSON.parse(textOf(await mcp.call('s/arguments')))).toEqual([['one', '--two=3'], folder]);
    delete process.env['CANARY_API_KEY'];
  });

  test('that crashes fails the call that runs, and is started again at the next', async () => {
    await using mcp = open(stdio('s'));
    const first = textOf(await mcp.call('s/pid'));
    await expect(mcp.call('s/crash')).rejects.toMatchObject({
      message: 'the MCP server "s" ended while crash ran; it is started again at the next call',
    });
    const second = textOf(await mcp.call('s/pid'));
    expect(second).not.toBe(first);
    expect(mcp.logged).toContain('mcp server s: has ended; it is started again when it is needed');
  });

  test('is started once for many that want it at the same time', async () => {
    await using mcp = open(stdio('s'));
    const pids = await Promise.all(Array.from({ length: 20 }, async () => textOf(await mcp.call('s/pid'))));
    expect(new Set(pids).size).toBe(1);
  });

  test('hears that a call was cancelled, and goes on', async () => {
    await using mcp = open(stdio('s'));
    const controller = new AbortController();
    const waiting = mcp.call('s/wait', {}, controller.signal);
    await mcp.line('waiting');
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'SdkError' });
    await mcp.line('wait was cancelled');
    expect(textOf(await mcp.call('s/add', { a: 1, b: 1 }))).toBe('2');
  });

  test('one that waits for a start may be cancelled; the start goes on', async () => {
    await using mcp = open(stdio('s'));
    const controller = new AbortController();
    const picking = createToolBox([], mcp.servers.current()).pick(['s/*'], controller.signal);
    controller.abort();
    await expect(picking).rejects.toMatchObject({ name: 'AbortError' });
    expect(textOf(await mcp.call('s/add', { a: 1, b: 1 }))).toBe('2');
    expect(mcp.logged.filter((line) => line.includes('started with'))).toHaveLength(1);
  });

  test('with new tools: they are there for the next prompt', async () => {
    await using mcp = open(stdio('s'));
    await expect(mcp.call('s/learned')).rejects.toMatchObject({
      kind: 'toolNotFound',
      message: expect.stringContaining('There is no tool "s/learned". Known: s/add, s/read.file,'),
    });
    await mcp.call('s/learn');
    expect(textOf(await mcp.call('s/learned'))).toBe('I know');
  });

  const broken: [string, object, RegExp][] = [
    [
      'no such program',
      { command: 'no-such-program-here', args: [] },
      /^The MCP server "s" cannot be started: there is no program "no-such-program-here"\. Look at mcp_servers\.s in the configuration\.$/,
    ],
    ['a program that ends at once', { args: ['-e', 'process.exit(3)'] }, /^The MCP server "s" cannot be started: Connection closed\./],
    ['a folder that is not there', { cwd: '/no/such/folder' }, /^The MCP server "s" cannot be started: /],
  ];
  test.each(broken)('%s', async (_, more, message) => {
    await using mcp = open(stdio('s', more));
    await expect(mcp.pick('s/*')).rejects.toMatchObject({ kind: 'toolNotFound', message: expect.stringMatching(message) });
    await expect(mcp.pick('s/*')).rejects.toMatchObject({ kind: 'toolNotFound' });
  });

  test('is gone after close, also one that ignores the end of its input and SIGTERM', async () => {
    const mcp = open(stdio('polite'), stdio('stubborn', { args: [program, '--stubborn'] }), stdio('unused'));
    const pids = [Number(textOf(await mcp.call('polite/pid'))), Number(textOf(await mcp.call('stubborn/pid')))];
    await mcp.servers.close();
    await Promise.all(pids.map((pid) => untilGone(pid)));
    await expect(mcp.pick('polite/*')).rejects.toMatchObject({
      kind: 'toolNotFound',
      message: 'The MCP server "polite" has been stopped.',
    });
  });
});

describe('another configuration', () => {
  test('a server that is the same stays, a changed one is another, one that is removed ends', async () => {
    await using mcp = open(stdio('same'), stdio('changed'), stdio('removed'));
    const before = await Promise.all(['same', 'changed', 'removed'].map(async (name) => textOf(await mcp.call(`${name}/pid`))));
    mcp.servers.update([stdio('changed', { env: { TOKEN: 'new' } }), stdio('same'), stdio('added')]);
    expect(textOf(await mcp.call('same/pid'))).toBe(before[0]);
    expect(textOf(await mcp.call('changed/pid'))).not.toBe(before[1]);
    await Promise.all(before.slice(1).map((pid) => untilGone(Number(pid))));
    await expect(mcp.call('removed/pid')).rejects.toMatchObject({
      message: 'There is no tool "removed/pid". Known: changed/*, same/*, added/*.',
    });
    expect(mcp.logged.filter((line) => line.includes('has ended'))).toEqual([]);
  });

  test('a call that runs ends first; a prompt that has the old tools may still use them', async () => {
    await using mcp = open(stdio('s', { env: { TOKEN: 'old' } }));
    const [wait, environment, pid] = await mcp.pick('s/wait', 's/environment', 's/pid');
    const controller = new AbortController();
    const old = Number(textOf(await mcp.use(pid!)));
    const waiting = mcp.use(wait!, {}, controller.signal);
    await mcp.line('waiting');
    mcp.servers.update([stdio('s', { env: { TOKEN: 'new' } })]);
    expect(JSON.parse(textOf(await mcp.call('s/environment')))).toMatchObject({ TOKEN: 'new' });
    process.kill(old, 0);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'SdkError' });
    await untilGone(old);
    expect(JSON.parse(textOf(await mcp.use(environment!)))).toMatchObject({ TOKEN: 'old' });
  });
});

describe('an MCP server at an address', () => {
  const at = (url: string, headers = {}): McpServerSettings => ({ name: 'web', url, headers });

  test('is reached with its headers', async () => {
    await using server = await startHttpServer();
    await using mcp = open(at(server.url, { 'x-token': 'canary' }));
    expect(textOf(await mcp.call('web/add', { a: 20, b: 22 }))).toBe('42');
    expect(new Set(server.headers.map((headers) => headers['x-token']))).toEqual(new Set(['canary']));
  });

  test('that is not there', async () => {
    await using mcp = open(at('http://127.0.0.1:1/mcp?key=canary'));
    const failure = await mcp.pick('web/*').catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({
      kind: 'toolNotFound',
      message: expect.stringMatching(/^The MCP server "web" cannot be reached at its url: /),
    });
    expect((failure as Error).message).not.toContain('canary');
  });

  test('that was started anew is reached again', async () => {
    const first = await startHttpServer(await quietPort());
    await using mcp = open(at(first.url));
    const [add] = await mcp.pick('web/add');
    await first[Symbol.asyncDispose]();
    await expect(mcp.use(add!, { a: 1, b: 1 })).rejects.toMatchObject({
      kind: 'toolNotFound',
      message: 'the MCP server "web" ended while add ran; it is started again at the next call',
    });
    await using _second = await startHttpServer(first.port);
    expect(textOf(await mcp.use(add!, { a: 1, b: 1 }))).toBe('2');
  });

  test('hears that a call was cancelled', async () => {
    await using server = await startHttpServer();
    await using mcp = open(at(server.url));
    const controller = new AbortController();
    const waiting = mcp.call('web/wait', {}, controller.signal);
    await server.waiting;
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'SdkError' });
    expect(textOf(await mcp.call('web/add', { a: 1, b: 1 }))).toBe('2');
  });
});

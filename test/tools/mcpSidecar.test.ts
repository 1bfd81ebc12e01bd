import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { untilGone } from '../support/gone.ts';
import type { RawHost } from '../support/rawHost.ts';
import { startReady, startSidecar } from '../support/sidecar.ts';

const program = fileURLToPath(new URL('support/stdioServer.ts', import.meta.url));
const server = (more: object = {}) => ({ command: process.execPath, args: [program], ...more });
const config = (servers: object, more: object = {}): string => JSON.stringify({ mcp_servers: servers, ...more });
const order = (name: string, args: object = {}) => JSON.stringify({ tool_calls: [{ name, arguments: args }] });

/** What the tool answered to the one call of a prompt. */
async function use(
  host: RawHost,
  tool: string,
  args: object = {},
  more: object = {},
): Promise<{ text: string; isError: boolean; result: any }> {
  const name = tool.replace('/', '_');
  const { result, error } = await host.request('llm/prompt', { model: 'echo', prompt: order(name, args), toolNames: [tool], ...more });
  if (error !== undefined) throw new Error(error.message);
  const [answer] = result.steps[0].toolResults;
  return {
    text: answer.content.map((part: { text?: string; type: string }) => part.text ?? part.type).join(' '),
    isError: answer.isError === true,
    result,
  };
}

describe('tools of MCP servers, through the process', () => {
  test('a chain calls them; nothing is asked of the host', async () => {
    await using sidecar = await startReady({ config: config({ calc: server() }) });
    const { text, result } = await use(sidecar.host, 'calc/add', { a: 40, b: 2 }, { promptId: 'p', stream: {} });
    expect(text).toBe('42');
    expect(result).toMatchObject({ stopReason: 'end', steps: [{ stopReason: 'toolCalls' }, { stopReason: 'end' }] });
    expect(result.text).toContain('"output": "42"');
    expect(sidecar.host.messages.filter(({ method }) => method === 'tool/call')).toEqual([]);
  });

  test('a purpose brings them, the host brings its own beside them', async () => {
    await using sidecar = await startSidecar({ config: config({ calc: server() }, { purposes: { sums: { tools: ['calc/*'] } } }) });
    await sidecar.initialize({ capabilities: { tools: {} } });
    const { host } = sidecar;
    const prompt = JSON.stringify({ tool_calls: [{ name: 'calc_add', arguments: { a: 1, b: 2 } }, { name: 'mine' }] });
    const done = host.request('llm/prompt', { model: 'echo', purpose: 'sums', prompt, tools: [{ name: 'mine', inputSchema: {} }] });
    const call = await host.next(({ method }) => method === 'tool/call');
    expect(call.params).toMatchObject({ name: 'mine' });
    host.answer(call.id, { content: 'by the host' });
    expect((await done).result.steps[0].toolResults).toMatchObject([
      { name: 'calc_add', content: [{ type: 'text', text: '3' }] },
      { name: 'mine', content: [{ type: 'text', text: 'by the host' }] },
    ]);
  });

  test('pictures are attachments, for a model that takes them; what it does not take is said', async () => {
    await using sidecar = await startReady({ config: config({ s: server() }) });
    const { result } = await use(sidecar.host, 's/picture');
    expect(result.steps[0].toolResults[0].content).toEqual([
      { type: 'text', text: 'here it is' },
      { type: 'attachment', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
      {
        type: 'text',
        text: expect.stringMatching(/^\[The tool gave an attachment that is left out: echo does not take attachments of type audio\/wav/),
      },
      { type: 'text', text: 'notes' },
      { type: 'text', text: 'more: file:///more.txt' },
    ]);
  });

  test('a crash is told to the model, and the next prompt has the server again', async () => {
    await using sidecar = await startReady({ config: config({ s: server() }) });
    expect(await use(sidecar.host, 's/crash')).toMatchObject({
      isError: true,
      text: 'Error: the MCP server "s" ended while crash ran; it is started again at the next call',
    });
    expect((await use(sidecar.host, 's/add', { a: 1, b: 1 })).text).toBe('2');
  });

  test('a slow tool is cancelled in the server', async () => {
    await using sidecar = await startReady({ config: config({ s: server() }, { limits: { tool_timeout_ms: 2000 } }) });
    expect(await use(sidecar.host, 's/wait')).toMatchObject({ isError: true, text: 'Error: tool "s_wait" did not answer within 2000 ms' });
    expect((await use(sidecar.host, 's/add', { a: 1, b: 1 })).text).toBe('2');
    await expect.poll(() => sidecar.host.stderr, { timeout: 40_000 }).toContain('mcp server s: wait was cancelled');
  });

  test('a prompt that is cancelled while a tool runs', async () => {
    await using sidecar = await startReady({ config: config({ s: server() }) });
    const { host } = sidecar;
    const done = host.request(
      'llm/prompt',
      { model: 'echo', promptId: 'p', prompt: order('s_wait'), toolNames: ['s/wait'], stream: {} },
      'the prompt',
    );
    await host.next(
      ({ method, params }) => method === 'llm/delta' && params.deltas.some((delta: any) => delta.content?.type === 'toolCall'),
    );
    host.notify('$/cancelRequest', { id: 'the prompt' });
    expect((await done).result).toMatchObject({ stopReason: 'cancelled', steps: [{ stopReason: 'toolCalls' }] });
  });

  test.each([
    ['none/*', 'There is no tool "none/*". Known: bad/*.'],
    [
      'bad/*',
      'The MCP server "bad" cannot be started: there is no program "no-such-program". Look at mcp_servers.bad in the configuration.',
    ],
  ])('%s: the prompt is refused', async (tool, message) => {
    await using sidecar = await startReady({ config: config({ bad: { command: 'no-such-program' } }) });
    const { error } = await sidecar.host.request('llm/prompt', { model: 'echo', prompt: 'x', toolNames: [tool] });
    expect(error).toMatchObject({ code: -31050, message, data: { kind: 'toolNotFound' } });
  });

  test('what a server is given shows nowhere', async () => {
    const servers = { s: server({ env: { TOKEN: { $env: 'CANARY' } } }) };
    await using sidecar = await startReady({ config: config(servers), env: { CANARY: 'canary-4711', OPENAI_API_KEY: 'canary-openai' } });
    const { text } = await use(sidecar.host, 's/environment');
    expect(JSON.parse(text)).toMatchObject({ TOKEN: 'canary-4711' });
    expect(text).not.toContain('canary-openai');
    await expect.poll(() => sidecar.host.stderr, { timeout: 40_000 }).toContain('mcp server s: started with ***');
    expect(sidecar.host.stderr).not.toContain('canary');
    const { result } = await sidecar.host.request('config/read');
    expect(result.config.mcp_servers.s.env).toEqual({ TOKEN: { $env: 'CANARY' } });
  });

  test('a changed configuration counts for the next prompt; a server that is the same stays', async () => {
    await using sidecar = await startReady({ config: config({ same: server(), other: server() }) });
    const { host } = sidecar;
    const [same, other] = [(await use(host, 'same/pid')).text, (await use(host, 'other/pid')).text];
    await writeFile(sidecar.configPath, config({ same: server(), other: server({ env: { TOKEN: 'new' } }), third: server() }));
    await host.next(({ method }) => method === 'llm/modelsChanged');
    expect((await use(host, 'same/pid')).text).toBe(same);
    expect((await use(host, 'other/pid')).text).not.toBe(other);
    expect((await use(host, 'third/add', { a: 1, b: 2 })).text).toBe('3');
    await untilGone(Number(other));
    await writeFile(sidecar.configPath, config({ same: { url: 7 } }));
    const { params } = await host.next(({ method, params: told }) => method === 'config/diagnostics' && told.diagnostics.length > 0);
    expect(params.diagnostics).toMatchObject([{ severity: 'error', path: 'mcp_servers.same.url' }]);
    expect((await use(host, 'same/pid')).text).toBe(same);
  });
});

describe('no process is left behind', () => {
  const servers = { polite: server(), stubborn: server({ args: [program, '--stubborn'] }) };
  const pidsOf = async (host: RawHost): Promise<number[]> => [
    Number((await use(host, 'polite/pid')).text),
    Number((await use(host, 'stubborn/pid')).text),
  ];

  test('after shutdown and exit', async () => {
    await using sidecar = await startReady({ config: config(servers) });
    const pids = await pidsOf(sidecar.host);
    await sidecar.host.request('shutdown');
    sidecar.host.notify('exit');
    expect(await sidecar.host.closed).toMatchObject({ code: 0, signal: null });
    for (const pid of pids) await untilGone(pid);
  });

  test('when the host is gone while a tool runs', async () => {
    await using sidecar = await startReady({ config: config(servers) });
    const pids = await pidsOf(sidecar.host);
    void use(sidecar.host, 'stubborn/wait').catch(() => {});
    sidecar.host.endInput();
    expect(await sidecar.host.closed).toMatchObject({ code: 1, signal: null });
    for (const pid of pids) await untilGone(pid);
  });

  test('when the sidecar is killed: a server sees the end of its input', async () => {
    await using sidecar = await startReady({ config: config({ polite: server() }) });
    const pid = Number((await use(sidecar.host, 'polite/pid')).text);
    sidecar.host.kill('SIGKILL');
    await sidecar.host.closed;
    await untilGone(pid);
  });
});

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startReady, startSidecar, type Sidecar } from '../support/sidecar.ts';

const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const answer = {
  choices: [{ message: { role: 'assistant', content: 'seen' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
};

/** A model behind /v1, and everything else that a machine has on its ports. */
async function startServers() {
  const inside: string[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const answerWith = (body: string): void => {
      if (request.url?.startsWith('/v1/')) {
        bodies.push(body);
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(answer));
        return;
      }
      inside.push(request.url ?? '');
      if (request.url === '/moved') response.writeHead(302, { location: '/secret.png' }).end();
      else response.writeHead(200, { 'content-type': 'image/png' }).end(png);
    };
    bodyOf(request).then(answerWith, () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    inside,
    bodies,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString('utf8');
}

const configFor = (port: number, more = ''): string => `
providers:
  local:
    type: openai-compatible
    base_url: http://127.0.0.1:${port}/v1
    discover: false
    models: [{ id: seer, features: { attachments: [image/png] } }]
default_model: seer
${more}`;

const ask = async ({ host }: Sidecar, attachment: object) =>
  host.request('llm/prompt', { prompt: 'Look.', attachments: [{ type: 'attachment', mediaType: 'image/png', ...attachment }] });

describe('an attachment by its address', () => {
  test('of this machine is not fetched, however it is written; the model of that address is asked all the same', async () => {
    await using servers = await startServers();
    await using sidecar = await startReady({ config: configFor(servers.port) });
    for (const hostname of ['127.0.0.1', 'localhost', '127.1', '0x7f.1', '[::ffff:127.0.0.1]', '0.0.0.0']) {
      const { error } = await ask(sidecar, { url: `http://${hostname}:${servers.port}/secret.png?token=of-the-url` });
      expect(error.data).toMatchObject({ kind: 'invalidParams', required: { setting: 'attachments.allow_private_urls' } });
      expect(error.message).not.toContain('of-the-url');
    }
    expect({ fetched: servers.inside, asked: servers.bodies }).toEqual({ fetched: [], asked: [] });
    expect((await ask(sidecar, { data: png.toString('base64') })).result.text).toBe('seen');
    expect(servers.bodies).toHaveLength(1);
  });

  test('is, where the configuration allows it, from the moment it does', async () => {
    await using servers = await startServers();
    await using sidecar = await startReady({ config: configFor(servers.port) });
    const url = `http://localhost:${servers.port}/moved`;
    expect((await ask(sidecar, { url })).error.data.kind).toBe('invalidParams');
    writeFileSync(sidecar.configPath, configFor(servers.port, 'attachments: { allow_private_urls: true, max_bytes: 8 }'));
    await expect.poll(async () => (await ask(sidecar, { url })).result?.text, { timeout: 40_000 }).toBe('seen');
    expect(servers.inside).toEqual(['/moved', '/secret.png']);
    expect(servers.bodies.at(-1)).toContain(png.toString('base64'));
  });
});

describe('an attachment by its path', () => {
  test('is under the folder in which the sidecar was started', async () => {
    await using sidecar = await startReady();
    writeFileSync(join(sidecar.dir, 'a.png'), png);
    symlinkSync('/etc/hosts', join(sidecar.dir, 'hosts.png'));
    const path = async (one: string) =>
      sidecar.host.request('llm/prompt', {
        model: 'echo',
        prompt: 'x',
        attachments: [{ type: 'attachment', path: one, mediaType: 'image/png' }],
      });
    expect((await path('a.png')).result.stopReason).toBe('end');
    for (const one of ['/etc/hosts', 'hosts.png', '../../etc/hosts', '/etc/there-is-no-such-file']) {
      expect((await path(one)).error).toMatchObject({
        message: expect.stringMatching(/^The attachment .* is not read: only files in .* are\. Add its folder to attachments\.roots/),
        data: { kind: 'invalidParams', required: { setting: 'attachments.roots' } },
      });
    }
  });

  test('or under the roots of the configuration, which are relative to it', async () => {
    await using sidecar = await startReady({ config: 'attachments: { roots: [pictures], max_bytes: 8 }\n' });
    mkdirSync(join(sidecar.dir, 'pictures'));
    writeFileSync(join(sidecar.dir, 'pictures/a.png'), png);
    writeFileSync(join(sidecar.dir, 'pictures/large.png'), Buffer.concat([png, png]));
    writeFileSync(join(sidecar.dir, 'b.png'), png);
    const path = async (one: string) =>
      sidecar.host.request('llm/prompt', { model: 'echo', prompt: 'x', attachments: [{ type: 'attachment', path: one }] });
    expect((await path('pictures/a.png')).result.stopReason).toBe('end');
    expect((await path('b.png')).error.data.required).toEqual({ setting: 'attachments.roots' });
    expect((await path('pictures/large.png')).error.message).toBe(
      'The attachment pictures/large.png is larger than 8 bytes. Raise attachments.max_bytes in the configuration.',
    );
  });
});

test('a result of a tool that is too large is cut, and the model is told', async () => {
  await using sidecar = await startSidecar({ config: 'limits: { max_tool_result_bytes: 20 }\n' });
  await sidecar.initialize({ capabilities: { tools: {} } });
  const asked = sidecar.host.request('llm/prompt', {
    model: 'echo',
    prompt: '{"tool_calls": [{"name": "long", "arguments": {}}], "prompt": "Go."}',
    tools: [{ name: 'long', inputSchema: { type: 'object' } }],
  });
  const call = await sidecar.host.next(({ method }) => method === 'tool/call');
  sidecar.host.answer(call.id, { content: 'ä'.repeat(50) });
  const { result } = await asked;
  const results = result.messages.flatMap(({ role, content }: { role: string; content: object[] }) => (role === 'tool' ? content : []));
  expect(results).toEqual([
    {
      type: 'toolResult',
      toolCallId: expect.any(String),
      name: 'long',
      content: [
        { type: 'text', text: 'ä'.repeat(10) },
        { type: 'text', text: '[The result of the tool was 100 bytes. What is more than 20 bytes is left out.]' },
      ],
    },
  ]);
});

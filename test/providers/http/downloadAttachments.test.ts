import { describe, expect, it, test } from 'vitest';
import type { ContentPart, Message } from '../../../protocol/index.ts';
import type { Resolve } from '../../../src/providers/http/checkAddress.ts';
import { downloadAttachments, type DownloadContext, type DownloadRules } from '../../../src/providers/http/downloadAttachments.ts';
import { createSend, type HttpRequest } from '../../../src/providers/http/send.ts';
import { startUpstream } from '../support/upstream.ts';

const noNames: Resolve = async (hostname) => {
  throw Object.assign(new Error(`no name is resolved in this test: ${hostname}`), { code: 'ENOTFOUND' });
};
const context = (supported: DownloadContext['supported'] = {}, rules: Partial<DownloadRules> = {}): DownloadContext => ({
  supported,
  send: createSend(),
  rules: { allowPrivateUrls: true, maxBytes: 1000, timeoutMs: 30_000, resolve: noNames, ...rules },
  signal: new AbortController().signal,
});
const message = (...content: ContentPart[]): Message[] => [{ role: 'user', content }];
const png = (url: string): Message[] => message({ type: 'attachment', mediaType: 'image/png', url });
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('attachments by URL', () => {
  it('are left to a provider that fetches them itself', async () => {
    const messages = message({ type: 'attachment', mediaType: 'image/png', url: 'https://example.com/A.PNG' });
    const loaded = await downloadAttachments(messages, context({ 'image/*': [/^https:\/\/example\.com\/a\.png$/] }));
    expect(loaded).toEqual(messages);
  });

  it('are downloaded otherwise, also in tool results, over redirects', async () => {
    await using upstream = await startUpstream(
      { status: 302, headers: { location: '/b' } },
      { headers: { 'content-type': 'image/png; x=1' }, body: 'bytes' },
    );
    const part: ContentPart = { type: 'attachment', url: `${upstream.url}/a` };
    const [loaded] = await downloadAttachments(message(part), context());
    expect(loaded?.content).toEqual([{ type: 'attachment', mediaType: 'image/png', data: base64('bytes') }]);
    const nested = await downloadAttachments(
      message({ type: 'toolResult', toolCallId: 't', content: [{ ...part, mediaType: 'image/gif' }] }),
      context(),
    );
    expect(nested[0]?.content).toMatchObject([
      { type: 'toolResult', content: [{ mediaType: 'image/gif', data: expect.any(String) as unknown }] },
    ]);
  });

  it('are refused with the reason, and without the query', async () => {
    await using upstream = await startUpstream({ status: 403 });
    const failing = downloadAttachments(message({ type: 'attachment', url: `${upstream.url}/a?signature=secret` }), context());
    await expect(failing).rejects.toMatchObject({ kind: 'invalidParams', message: `The attachment at ${upstream.url}/a answered 403.` });
    const file = downloadAttachments(message({ type: 'attachment', url: 'file:///etc/passwd' }), context());
    await expect(file).rejects.toMatchObject({ kind: 'invalidParams' });
    await using loop = await startUpstream({ status: 302, headers: { location: '/again' } });
    await expect(downloadAttachments(message({ type: 'attachment', url: loop.url }), context())).rejects.toMatchObject({
      message: `The attachment at ${loop.url}/ redirects too often.`,
    });
    expect(loop.received).toHaveLength(6);
  });

  it('may be as large as attachments.max_bytes, whether they say how large they are or not', async () => {
    const whole = 'x'.repeat(1000);
    await using fits = await startUpstream({ body: whole });
    const [loaded] = await downloadAttachments(png(fits.url), context());
    expect(loaded?.content).toMatchObject([{ data: base64(whole) }]);
    for (const answer of [
      { body: 'x'.repeat(1001), headers: { 'content-length': '1001' } },
      { body: ['x'.repeat(600), 'x'.repeat(401)] },
    ]) {
      await using upstream = await startUpstream(answer);
      await expect(downloadAttachments(png(upstream.url), context())).rejects.toMatchObject({
        kind: 'invalidParams',
        message: `The attachment at ${upstream.url}/ is larger than 1000 bytes (attachments.max_bytes).`,
      });
    }
  });

  it('end when they take too long, and when the prompt is cancelled', async () => {
    await using upstream = await startUpstream({ body: 'begins', ends: 'stalled' });
    await expect(downloadAttachments(png(upstream.url), context({}, { timeoutMs: 100 }))).rejects.toMatchObject({
      kind: 'invalidParams',
      message: `The attachment at ${upstream.url}/ did not arrive within 0.1 s.`,
    });
    const cancel = new AbortController();
    const resolve: Resolve = async () => {
      cancel.abort();
      return new Promise(() => {});
    };
    const waiting = downloadAttachments(png('http://slow.example/'), { ...context({}, { resolve }), signal: cancel.signal });
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });

  it('messages without one stay as they are', async () => {
    const messages = message({ type: 'text', text: 'x' }, { type: 'attachment', mediaType: 'image/png', data: 'AA==' });
    expect(await downloadAttachments(messages, context())).toBe(messages);
  });
});

describe('where attachments are not fetched from', () => {
  const nothing = { allowPrivateUrls: false } as const;

  test.each([
    ['http://127.0.0.1/a', '127.0.0.1'],
    ['http://127.1/a', '127.0.0.1'],
    ['http://2130706433/a', '127.0.0.1'],
    ['http://0x7f000001/a', '127.0.0.1'],
    ['http://0177.0.0.1/a', '127.0.0.1'],
    ['http://[::1]/a', '[::1]'],
    ['http://[::ffff:127.0.0.1]/a', '[::ffff:7f00:1]'],
    ['http://10.1.2.3/a', '10.1.2.3'],
    ['http://169.254.169.254/latest/meta-data/', '169.254.169.254'],
    ['http://[fd00:ec2::254]/latest/', '[fd00:ec2::254]'],
    ['http://100.100.100.200/a', '100.100.100.200'],
    ['http://224.0.0.1/a', '224.0.0.1'],
    ['https://0.0.0.0/a', '0.0.0.0'],
  ])('%s', async (url, hostname) => {
    const sent: HttpRequest[] = [];
    const send = async (request: HttpRequest): Promise<never> => {
      sent.push(request);
      throw new Error('sent');
    };
    await expect(downloadAttachments(png(url), { ...context({}, nothing), send })).rejects.toMatchObject({
      kind: 'invalidParams',
      message: expect.stringContaining(`is on ${hostname}, which is no address of the internet, and is not fetched.`),
      detail: { required: { setting: 'attachments.allow_private_urls' } },
    });
    expect(sent).toEqual([]);
  });

  test('a name of which one address is private', async () => {
    const resolve: Resolve = async () => [
      { address: '93.184.215.14', family: 4 },
      { address: '::ffff:10.0.0.1', family: 6 },
    ];
    await expect(downloadAttachments(png('https://both.example/a?s=1'), context({}, { ...nothing, resolve }))).rejects.toMatchObject({
      message:
        'The attachment at https://both.example/a is on both.example, which is at ::ffff:10.0.0.1, no address of the internet, and is not fetched. ' +
        'Give its content as data, or set attachments.allow_private_urls: true in the configuration.',
    });
  });

  test('a name that the DNS gives another address the second time: it is asked once, and the connection goes where was looked', async () => {
    await using inside = await startUpstream({ body: 'the secret of the router' });
    const answers = ['93.184.215.14', '127.0.0.1'];
    let asked = 0;
    const resolve: Resolve = async () => [{ address: answers[asked++] ?? '127.0.0.1', family: 4 }];
    const connected: string[] = [];
    const send = async (request: HttpRequest): Promise<never> => {
      // As node:net asks, for as often as it likes.
      for (const all of [true, false, true]) {
        request.lookup!('rebinding.example', { all }, (error, address) => {
          connected.push(error?.message ?? (typeof address === 'string' ? address : address.map((one) => one.address).join()));
        });
      }
      throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    };
    const url = inside.url.replace('127.0.0.1', 'rebinding.example');
    const failing = downloadAttachments(png(url), { ...context({}, { ...nothing, resolve }), send });
    await expect(failing).rejects.toMatchObject({ message: `The attachment at ${url}/ cannot be fetched (ECONNREFUSED).` });
    expect({ asked, connected }).toEqual({ asked: 1, connected: ['93.184.215.14', '93.184.215.14', '93.184.215.14'] });
    expect(inside.received).toEqual([]);
  });

  test('the real connection goes to the address that was checked, under the name of the URL', async () => {
    await using upstream = await startUpstream({ body: 'x' });
    const resolve: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const url = upstream.url.replace('127.0.0.1', 'pinned.example');
    const [loaded] = await downloadAttachments(png(url), context({}, { resolve }));
    expect(loaded?.content).toMatchObject([{ data: base64('x') }]);
    expect(upstream.received.map(({ headers }) => headers['host'])).toEqual([url.replace('http://', '')]);
  });

  test('a redirect to one, at any hop', async () => {
    await using inside = await startUpstream({ body: 'the secret of the router' });
    const sent: string[] = [];
    const send = async ({ url }: HttpRequest) => {
      sent.push(url.href);
      const location = url.pathname === '/3' ? `${inside.url}/secret` : `/${Number(url.pathname.slice(1)) + 1}`;
      const { Readable } = await import('node:stream');
      return { status: 302, headers: { location }, body: Readable.from([]) };
    };
    const resolve: Resolve = async () => [{ address: '93.184.215.14', family: 4 }];
    await expect(
      downloadAttachments(png('http://outside.example/1'), { ...context({}, { ...nothing, resolve }), send }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('is on 127.0.0.1, which is no address of the internet'),
    });
    expect(sent).toEqual(['http://outside.example/1', 'http://outside.example/2', 'http://outside.example/3']);
    expect(inside.received).toEqual([]);
  });

  test('a kept connection of a provider is not used for one', async () => {
    await using upstream = await startUpstream({ body: 'x' });
    const send = createSend();
    const url = new URL(upstream.url.replace('127.0.0.1', 'localhost'));
    const first = await send({ url, method: 'GET', headers: {}, body: undefined, signal: new AbortController().signal });
    await first.body.toArray();
    const resolve: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    await downloadAttachments(png(url.href), { ...context({}, { resolve }), send });
    const [one, other] = upstream.received.map(({ port }) => port);
    expect(one).not.toBe(other);
  });

  test('a proxy is found by its own name, which is nobody’s but the operator’s', async () => {
    await using proxy = await startUpstream({ body: 'by the proxy' });
    const resolve: Resolve = async () => [{ address: '93.184.215.14', family: 4 }];
    const send = createSend({ HTTP_PROXY: proxy.url.replace('127.0.0.1', 'localhost') });
    const [loaded] = await downloadAttachments(png('http://outside.example/a'), { ...context({}, { ...nothing, resolve }), send });
    expect(loaded?.content).toMatchObject([{ data: base64('by the proxy') }]);
    await expect(downloadAttachments(png('http://10.0.0.1/a'), { ...context({}, nothing), send })).rejects.toMatchObject({
      kind: 'invalidParams',
    });
    expect(proxy.received).toHaveLength(1);
  });
});

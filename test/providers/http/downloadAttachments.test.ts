import { describe, expect, it } from 'vitest';
import type { ContentPart, Message } from '../../../protocol/index.ts';
import { downloadAttachments, type DownloadContext } from '../../../src/providers/http/downloadAttachments.ts';
import { createSend } from '../../../src/providers/http/send.ts';
import { startUpstream } from '../support/upstream.ts';

const context = (supported: DownloadContext['supported'] = {}): DownloadContext => ({
  supported,
  send: createSend(),
  signal: new AbortController().signal,
});
const message = (...content: ContentPart[]): Message[] => [{ role: 'user', content }];

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
    expect(loaded?.content).toEqual([{ type: 'attachment', mediaType: 'image/png', data: Buffer.from('bytes').toString('base64') }]);
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

  it('messages without one stay as they are', async () => {
    const messages = message({ type: 'text', text: 'x' }, { type: 'attachment', mediaType: 'image/png', data: 'AA==' });
    expect(await downloadAttachments(messages, context())).toBe(messages);
  });
});

import type { AttachmentPart, ContentPart, Message } from '../../../protocol/index.ts';
import { Failure } from '../../lib/failure.ts';
import type { Send } from './send.ts';

/** Bytes of one attachment. */
const largest = 64 * 1024 * 1024;
const mostRedirects = 5;

export interface DownloadContext {
  /** By media type, the URLs that the provider fetches itself; they are matched in lower case. */
  readonly supported: Readonly<Record<string, readonly RegExp[]>>;
  readonly send: Send;
  readonly signal: AbortSignal;
}

/**
 * Messages in which every attachment is content, or a URL that the provider fetches itself: other URLs are downloaded. The
 * same array when there is none.
 */
export async function downloadAttachments(messages: readonly Message[], context: DownloadContext): Promise<readonly Message[]> {
  if (!messages.some(({ content }) => typeof content !== 'string' && content.some(hasUrl))) return messages;
  return Promise.all(
    messages.map(async (message) => {
      if (typeof message.content === 'string') return message;
      return { ...message, content: await Promise.all(message.content.map((part) => inPlace(part, context))) };
    }),
  );
}

function hasUrl(part: ContentPart): boolean {
  if (isResult(part)) return part.content.some(hasUrl);
  return isAttachment(part) && part.url !== undefined;
}

async function inPlace(part: ContentPart, context: DownloadContext): Promise<ContentPart> {
  if (isResult(part)) return { ...part, content: await Promise.all(part.content.map((inner) => inPlace(inner, context))) };
  if (!isAttachment(part) || part.url === undefined) return part;
  const url = toUrl(part.url);
  if (fetchesItself(url, part.mediaType ?? '', context.supported)) return part;
  const downloaded = await download(url, context);
  return { type: 'attachment', mediaType: part.mediaType ?? downloaded.mediaType, data: downloaded.bytes.toString('base64') };
}

function fetchesItself({ href }: URL, mediaType: string, supported: DownloadContext['supported']): boolean {
  const takes = (pattern: string): boolean =>
    pattern === '*' || pattern === '*/*' || pattern === mediaType || (pattern.endsWith('/*') && mediaType.startsWith(pattern.slice(0, -1)));
  return Object.entries(supported).some(
    ([pattern, urls]) => takes(pattern) && urls.some((expression) => expression.test(href.toLowerCase())),
  );
}

async function download(first: URL, { send, signal }: DownloadContext): Promise<{ bytes: Buffer; mediaType: string }> {
  let url = first;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const response = await send({ url, method: 'GET', headers: { accept: '*/*' }, body: undefined, signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw refused(first, `cannot be fetched (${(error as NodeJS.ErrnoException).code ?? 'the connection failed'})`);
    });
    const location = response.headers['location'];
    if (response.status >= 300 && response.status < 400 && location !== undefined) {
      response.body.destroy();
      url = toUrl(new URL(location, url).href);
      continue;
    }
    if (response.status !== 200) {
      response.body.destroy();
      throw refused(first, `answered ${response.status}`);
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > largest) throw refused(first, `is larger than ${largest} bytes`);
      chunks.push(chunk);
    }
    const mediaType = response.headers['content-type']?.split(';')[0]?.trim() ?? 'application/octet-stream';
    return { bytes: Buffer.concat(chunks), mediaType };
  }
  throw refused(first, 'redirects too often');
}

function toUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw invalid('An attachment has a url that begins with https:// or http://.');
}

/** Without the query: it may hold a signature. */
function refused({ origin, pathname }: URL, what: string): Failure {
  return invalid(`The attachment at ${origin}${pathname} ${what}.`);
}

function invalid(message: string): Failure {
  return new Failure('invalidParams', message, { issues: [{ path: 'attachments', message }] });
}

function isAttachment(part: ContentPart): part is AttachmentPart {
  return part.type === 'attachment';
}

function isResult(part: ContentPart): part is Extract<ContentPart, { type: 'toolResult' }> {
  return part.type === 'toolResult';
}

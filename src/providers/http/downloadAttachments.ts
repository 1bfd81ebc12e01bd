import type { AttachmentPart, ContentPart, Message } from '../../../protocol/index.ts';
import { Failure } from '../../lib/failure.ts';
import { checkAddress, type AddressRules } from './checkAddress.ts';
import type { HttpResponse, Send } from './send.ts';

/** `attachments:` of the configuration, as far as it is about addresses. */
export interface DownloadRules extends AddressRules {
  /** Bytes of one attachment. */
  readonly maxBytes: number;
  /** How long one may take, redirects included. Milliseconds. */
  readonly timeoutMs: number;
}

const mostRedirects = 5;

export interface DownloadContext {
  /** By media type, the URLs that the provider fetches itself; they are matched in lower case. */
  readonly supported: Readonly<Record<string, readonly RegExp[]>>;
  readonly send: Send;
  readonly rules: DownloadRules;
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

/** Each address on the way is looked up once, checked, and connected to as it was found: neither a redirect nor a second answer of the DNS leads elsewhere. */
async function download(first: URL, context: DownloadContext): Promise<Downloaded> {
  const { rules, signal } = context;
  const late = AbortSignal.timeout(rules.timeoutMs);
  try {
    return await follow(first, { ...context, signal: AbortSignal.any([signal, late]) });
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) throw refused(first, `did not arrive within ${rules.timeoutMs / 1000} s`);
    if (error instanceof Failure) throw error;
    throw refused(first, `cannot be fetched (${(error as NodeJS.ErrnoException).code ?? 'the connection failed'})`);
  }
}

interface Downloaded {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

async function follow(first: URL, { send, rules, signal }: DownloadContext): Promise<Downloaded> {
  let url = first;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const lookup = await checkAddress(url, rules, signal);
    const response = await send({ url, method: 'GET', headers: { accept: '*/*' }, body: undefined, signal, lookup });
    const { status, headers, body } = response;
    try {
      const location = headers['location'];
      if (status === 200) return await read(first, response, rules.maxBytes);
      if (status < 300 || status > 399 || location === undefined) throw refused(first, `answered ${status}`);
      url = toUrl(new URL(location, url).href);
    } finally {
      body.destroy();
    }
  }
  throw refused(first, 'redirects too often');
}

async function read(first: URL, { headers, body }: HttpResponse, maxBytes: number): Promise<Downloaded> {
  const tooLarge = (): Failure => refused(first, `is larger than ${maxBytes} bytes (attachments.max_bytes)`);
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return { bytes: Buffer.concat(chunks), mediaType: headers['content-type']?.split(';')[0]?.trim() ?? 'application/octet-stream' };
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

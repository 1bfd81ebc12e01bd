import type { AttachmentPart, ContentPart, Message } from '../../../protocol/index.ts';
import { Failure } from '../../lib/failure.ts';
import type { Send } from '../http/send.ts';
import { mediaTypeOfBytes, mediaTypeOfName } from './mediaType.ts';

/** Bytes of one attachment. */
const largest = 64 * 1024 * 1024;

export interface LoadContext {
  /** By media type, the URLs that the provider fetches itself. Lower-case URLs are matched. */
  readonly supported: Readonly<Record<string, readonly RegExp[]>>;
  readonly send: Send;
  readonly signal: AbortSignal;
}

/**
 * Messages in which every attachment is either content with a media type, or a URL that the provider fetches itself: files
 * are read, other URLs downloaded. The same array when there is nothing to do.
 */
export async function loadAttachments(messages: readonly Message[], context: LoadContext): Promise<readonly Message[]> {
  if (!messages.some(({ content }) => typeof content !== 'string' && content.some(hasAttachment))) return messages;
  return Promise.all(
    messages.map(async (message) => {
      if (typeof message.content === 'string' || !message.content.some(hasAttachment)) return message;
      return { ...message, content: await Promise.all(message.content.map((part) => loadPart(part, context))) };
    }),
  );
}

function hasAttachment(part: ContentPart): boolean {
  return part.type === 'attachment' || (part.type === 'toolResult' && (part as ToolResult).content.some(hasAttachment));
}

type ToolResult = Extract<ContentPart, { type: 'toolResult' }>;

async function loadPart(part: ContentPart, context: LoadContext): Promise<ContentPart> {
  if (part.type === 'attachment') return loadAttachment(part as AttachmentPart, context);
  if (part.type !== 'toolResult') return part;
  const result = part as ToolResult;
  return { ...result, content: await Promise.all(result.content.map((inner) => loadPart(inner, context))) };
}

async function loadAttachment(part: AttachmentPart, context: LoadContext): Promise<AttachmentPart> {
  if (part.data !== undefined)
    return { ...part, mediaType: part.mediaType ?? mediaTypeOfBytes(Buffer.from(part.data.slice(0, 64), 'base64')) };
  if (part.path !== undefined) {
    const bytes = await readFile(part.path, context.signal);
    return { type: 'attachment', mediaType: part.mediaType ?? mediaTypeOfBytes(bytes, part.path), data: bytes.toString('base64') };
  }
  const url = toUrl(part.url ?? '');
  const mediaType = part.mediaType ?? mediaTypeOfName(url.pathname);
  if (mediaType !== undefined && fetchesItself(url, mediaType, context.supported)) return { type: 'attachment', mediaType, url: url.href };
  return download(url, mediaType, context);
}

function fetchesItself(url: URL, mediaType: string, supported: LoadContext['supported']): boolean {
  return Object.entries(supported).some(
    ([pattern, urls]) =>
      (pattern === '*' ||
        pattern === '*/*' ||
        pattern === mediaType ||
        (pattern.endsWith('/*') && mediaType.startsWith(pattern.slice(0, -1)))) &&
      urls.some((expression) => expression.test(url.href.toLowerCase())),
  );
}

async function readFile(path: string, signal: AbortSignal): Promise<Buffer> {
  const { readFile: read, stat } = await import('node:fs/promises');
  try {
    if ((await stat(path)).size > largest) throw tooLarge(path);
    return await read(path, { signal });
  } catch (error) {
    if (error instanceof Failure || signal.aborted) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new Failure('invalidParams', `The attachment ${path} cannot be read (${reason}).`, {
      issues: [{ path: 'attachments', message: reason }],
    });
  }
}

async function download(first: URL, mediaType: string | undefined, { send, signal }: LoadContext): Promise<AttachmentPart> {
  let url = first;
  for (let hops = 0; hops < 5; hops++) {
    const response = await send({ url, method: 'GET', headers: { accept: '*/*' }, body: undefined, signal });
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
      if (size > largest) throw tooLarge(first.href);
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    const told = response.headers['content-type']?.split(';')[0]?.trim();
    return { type: 'attachment', mediaType: mediaType ?? told ?? mediaTypeOfBytes(bytes, url.pathname), data: bytes.toString('base64') };
  }
  throw refused(first, 'redirects too often');
}

function toUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new Failure('invalidParams', 'An attachment needs data, a path, or an http(s) URL.', {
    issues: [{ path: 'attachments', message: 'not an http(s) URL' }],
  });
}

function refused(url: URL, what: string): Failure {
  return new Failure('invalidParams', `The attachment at ${url.origin}${url.pathname} ${what}.`, {
    issues: [{ path: 'attachments', message: what }],
  });
}

function tooLarge(what: string): Failure {
  return new Failure('invalidParams', `The attachment ${what} is larger than ${largest} bytes.`, {
    issues: [{ path: 'attachments', message: 'too large' }],
    limit: largest,
  });
}

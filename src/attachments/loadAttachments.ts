import { basename } from 'node:path';
import type { AttachmentPart, ContentPart, Message } from '../../protocol/index.ts';
import { mediaTypeOfContent, mediaTypeOfName } from './mediaType.ts';
import { readAttachment, refusal, tooLarge, tooMany, type FileRules, type Reading } from './readAttachment.ts';

/** Reads the files that attachments name and finds every media type that was left out, in results of tools too. `rules` are asked for once a call. */
export function createLoadAttachments(rules: () => FileRules) {
  return (messages: readonly Message[], signal: AbortSignal): readonly Message[] | Promise<readonly Message[]> => {
    if (!messages.some(({ content }) => typeof content !== 'string' && content.some(hasAttachment))) return messages;
    const context = createContext(rules(), signal);
    return Promise.all(
      messages.map(async (message) => ({
        ...message,
        content: typeof message.content === 'string' ? message.content : await loadParts(message.content, context),
      })),
    );
  };
}

interface Context extends Reading {
  readonly rules: FileRules;
}

function createContext(rules: FileRules, signal: AbortSignal): Context {
  let left = rules.maxTotalBytes;
  return {
    rules,
    signal,
    take(bytes) {
      left -= bytes;
      if (left < 0) throw tooMany(rules.maxTotalBytes);
    },
  };
}

function hasAttachment(part: ContentPart): boolean {
  return part.type === 'attachment' || (isResult(part) && part.content.some(hasAttachment));
}

async function loadParts(parts: readonly ContentPart[], context: Context): Promise<ContentPart[]> {
  return Promise.all(
    parts.map(async (part): Promise<ContentPart> => {
      if (isResult(part)) return { ...part, content: await loadParts(part.content, context) };
      return isAttachment(part) ? loadAttachment(part, context) : part;
    }),
  );
}

async function loadAttachment(attachment: AttachmentPart, context: Context): Promise<AttachmentPart> {
  const { data, url, path, mediaType } = attachment;
  const { rules } = context;
  if ([data, url, path].filter((place) => place !== undefined).length !== 1)
    throw refusal('An attachment has exactly one of data, url and path.');
  if (url !== undefined) {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw refusal(`An attachment's url begins with https:// or http://; for a file give path.`);
    return { type: 'attachment', url, mediaType: mediaType ?? mediaTypeOfName(new URL(url).pathname) ?? unknownType(url) };
  }
  if (data !== undefined) {
    const size = Buffer.byteLength(data, 'base64');
    if (size > rules.maxBytes) throw tooLarge('given as data', rules.maxBytes);
    context.take(size);
    const bytes = Buffer.from(data, 'base64');
    return { type: 'attachment', data, mediaType: mediaType ?? mediaTypeOfContent(bytes) ?? unknownType('the content') };
  }
  const file = path ?? '';
  const bytes = await readAttachment(file, rules, context);
  return {
    type: 'attachment',
    data: bytes.toString('base64'),
    path: file,
    mediaType: mediaType ?? mediaTypeOfContent(bytes) ?? mediaTypeOfName(file) ?? unknownType(basename(file)),
  };
}

function unknownType(what: string): never {
  throw refusal(`The media type of the attachment (${what}) is not known: give mediaType.`);
}

function isAttachment(part: ContentPart): part is AttachmentPart {
  return part.type === 'attachment';
}

function isResult(part: ContentPart): part is Extract<ContentPart, { type: 'toolResult' }> {
  return part.type === 'toolResult';
}

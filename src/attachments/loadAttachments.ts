import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AttachmentPart, ContentPart, Message } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { mediaTypeOfContent, mediaTypeOfName } from './mediaType.ts';

/** Reads the files that attachments name and finds every media type that was left out. */
export async function loadAttachments(messages: readonly Message[], signal: AbortSignal): Promise<readonly Message[]> {
  if (!messages.some(({ content }) => typeof content !== 'string' && content.some((part) => part.type === 'attachment'))) return messages;
  return Promise.all(
    messages.map(async (message) => ({
      ...message,
      content: typeof message.content === 'string' ? message.content : await loadParts(message.content, signal),
    })),
  );
}

async function loadParts(parts: readonly ContentPart[], signal: AbortSignal): Promise<ContentPart[]> {
  return Promise.all(parts.map(async (part) => (part.type === 'attachment' ? loadAttachment(part, signal) : part)));
}

async function loadAttachment(attachment: AttachmentPart, signal: AbortSignal): Promise<AttachmentPart> {
  const { data, url, path, mediaType } = attachment;
  if ([data, url, path].filter((place) => place !== undefined).length !== 1)
    throw invalid('An attachment has exactly one of data, url and path.');
  if (url !== undefined) {
    if (!/^https?:\/\//i.test(url)) throw invalid(`An attachment's url begins with https:// or http://; for a file give path.`);
    return { type: 'attachment', url, mediaType: mediaType ?? mediaTypeOfName(new URL(url).pathname) ?? unknownType(url) };
  }
  if (data !== undefined) {
    const bytes = Buffer.from(data, 'base64');
    return { type: 'attachment', data, mediaType: mediaType ?? mediaTypeOfContent(bytes) ?? unknownType('the content') };
  }
  const file = path ?? '';
  const bytes = await readFile(file, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw invalid(`The attachment ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}.`);
  });
  return {
    type: 'attachment',
    data: bytes.toString('base64'),
    path: file,
    mediaType: mediaType ?? mediaTypeOfContent(bytes) ?? mediaTypeOfName(file) ?? unknownType(basename(file)),
  };
}

function unknownType(what: string): never {
  throw invalid(`The media type of the attachment (${what}) is not known: give mediaType.`);
}

function invalid(message: string): Failure {
  return new Failure('invalidParams', message, { issues: [{ path: 'attachments', message }] });
}

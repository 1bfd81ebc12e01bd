import type { AttachmentPart } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { pythonJson } from './echoJson.ts';

/**
 * The id that Python's `llm` gives an attachment: SHA-256, as hex, of its bytes, or of `{"url": "…"}` for one known by
 * its URL alone. https://github.com/simonw/llm, `Attachment.id`.
 */
export async function attachmentId(attachment: AttachmentPart, signal: AbortSignal): Promise<string> {
  const { createHash } = await import('node:crypto');
  return createHash('sha256')
    .update(await bytesOf(attachment, signal))
    .digest('hex');
}

async function bytesOf({ data, path, url }: AttachmentPart, signal: AbortSignal): Promise<Uint8Array> {
  if (data !== undefined) return Buffer.from(data, 'base64');
  if (path === undefined) return Buffer.from(`{"url": ${pythonJson(url ?? null)}}`);
  const { readFile } = await import('node:fs/promises');
  try {
    return await readFile(path, { signal });
  } catch {
    signal.throwIfAborted();
    throw new Failure('invalidParams', `The attachment ${path} cannot be read: give a path to a file that the sidecar may read`);
  }
}

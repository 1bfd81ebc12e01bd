import type { AttachmentPart } from '../../protocol/index.ts';
import { pythonJson } from './echoJson.ts';

/**
 * The id that Python's `llm` gives an attachment: SHA-256, as hex, of its bytes, or of `{"url": "…"}` for one known by
 * its URL alone. Files have been read before. https://github.com/simonw/llm, `Attachment.id`.
 */
export async function attachmentId({ data, url }: AttachmentPart): Promise<string> {
  const { createHash } = await import('node:crypto');
  return createHash('sha256')
    .update(data === undefined ? `{"url": ${pythonJson(url ?? null)}}` : Buffer.from(data, 'base64'))
    .digest('hex');
}

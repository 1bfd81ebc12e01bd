import type { ContentPart } from '../../protocol/index.ts';

/**
 * No more than `maxBytes` of what a tool answered: UTF-8 of texts, base64 of attachments. A text is cut, between characters, an
 * attachment that does not fit is left out, and the model is told. The same array where all fits.
 */
export function boundContent(content: readonly ContentPart[], maxBytes: number): readonly ContentPart[] {
  const size = content.reduce((sum, part) => sum + bytesOf(part), 0);
  if (size <= maxBytes) return content;
  let left = maxBytes;
  const kept: ContentPart[] = [];
  for (const part of content) {
    const bytes = bytesOf(part);
    if (bytes <= left) kept.push(part);
    else if (part.type === 'text') kept.push({ type: 'text', text: beginningOf(part.text, left) });
    left = Math.max(0, left - bytes);
  }
  const text = `[The result of the tool was ${size} bytes. What is more than ${maxBytes} bytes is left out.]`;
  return [...kept.filter((part) => part.type !== 'text' || part.text !== ''), { type: 'text', text }];
}

function bytesOf(part: ContentPart): number {
  if (part.type === 'text') return Buffer.byteLength(part.text);
  if (part.type === 'attachment') return (part.data ?? part.url ?? '').length;
  return Buffer.byteLength(JSON.stringify(part));
}

/** Half a character becomes none. */
function beginningOf(text: string, bytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}

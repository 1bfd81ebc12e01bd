import type { ContentPart, JsonObject, Message, ToolSpec, Usage } from '../../protocol/index.ts';

/** Everything of a call that its provider counts as input. */
export interface Sent {
  readonly system: string | undefined;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly schema: JsonObject | undefined;
}

const bytesPerToken = 4;
const tokensPerItem = 4;
const tokensPerAttachment = 256;

/**
 * About how many tokens the input of a call has. A middle value, neither a bound nor the provider's count: four bytes of
 * UTF-8 are a token, every message, tool and schema has four more, an attachment has 256 whatever is in it.
 */
export function estimateInput({ system, messages, tools, schema }: Sent): number {
  const items = [system, ...tools, schema].filter((item) => item !== undefined);
  const texts = items.reduce<number>((bytes, item) => bytes + bytesOf(typeof item === 'string' ? item : JSON.stringify(item)), 0);
  const sizes = messages.map(({ content }) =>
    typeof content === 'string' ? { bytes: bytesOf(content), attachments: 0 } : sizeOf(content),
  );
  const bytes = sizes.reduce((sum, size) => sum + size.bytes, texts);
  const attachments = sizes.reduce((sum, size) => sum + size.attachments, 0);
  return Math.max(
    1,
    Math.ceil(bytes / bytesPerToken) + (messages.length + items.length) * tokensPerItem + attachments * tokensPerAttachment,
  );
}

/** The same of what has arrived. */
export function estimateOutput(content: readonly ContentPart[]): number {
  const { bytes, attachments } = sizeOf(content);
  return Math.ceil(bytes / bytesPerToken) + attachments * tokensPerAttachment;
}

/** The same of a text that is being written, by its length. */
export function estimateText(characters: number): number {
  return Math.ceil(characters / bytesPerToken);
}

/**
 * The tokens that a response is charged for. What the provider said, where it said it at the end; of one that was cut short,
 * what it had said by then, but no fewer tokens than arrived; the estimate where it said nothing.
 */
export function usageToCharge(
  usage: Usage,
  about: { readonly whole: boolean; readonly sent: Sent; readonly received: readonly ContentPart[] },
): { readonly usage: Usage; readonly estimated: boolean } {
  const { inputTokens, outputTokens } = usage;
  if (about.whole && inputTokens !== null && outputTokens !== null) return { usage, estimated: false };
  const arrived = about.whole && outputTokens !== null ? outputTokens : estimateOutput(about.received);
  const charged = { inputTokens: inputTokens ?? estimateInput(about.sent), outputTokens: Math.max(outputTokens ?? 0, arrived) };
  const estimated = charged.inputTokens !== inputTokens || charged.outputTokens !== outputTokens;
  return { usage: { ...usage, ...charged }, estimated };
}

function sizeOf(content: readonly ContentPart[]): { bytes: number; attachments: number } {
  let bytes = 0;
  let attachments = 0;
  for (const part of content) {
    if (part.type === 'attachment') attachments += 1;
    else if (part.type === 'toolCall') bytes += bytesOf(part.name) + bytesOf(JSON.stringify(part.args));
    else if (part.type === 'toolResult') {
      const inner = sizeOf(part.content);
      bytes += inner.bytes;
      attachments += inner.attachments;
    } else if (typeof part['text'] === 'string') bytes += bytesOf(part['text']);
  }
  return { bytes, attachments };
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

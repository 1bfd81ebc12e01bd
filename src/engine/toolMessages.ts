import type { ContentPart, Message } from '../../protocol/index.ts';

export type ToolCallPart = Extract<ContentPart, { type: 'toolCall' }>;
export type ToolResultPart = Extract<ContentPart, { type: 'toolResult' }>;

export function toolCallsOf(content: readonly ContentPart[]): ToolCallPart[] {
  return content.filter((part): part is ToolCallPart => part.type === 'toolCall');
}

/** The calls of the last assistant turn that have no result yet: a chain that paused goes on with these. */
export function unansweredCalls(messages: readonly Message[]): ToolCallPart[] {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const after = messages.slice(last + 1);
  if (last < 0 || after.some(({ role }) => role !== 'tool')) return [];
  const answered = new Set(after.flatMap(partsOf).flatMap((part) => (part.type === 'toolResult' ? [part.toolCallId] : [])));
  return toolCallsOf(partsOf(messages[last] as Message)).filter(({ toolCallId }) => !answered.has(toolCallId));
}

/**
 * All results of one turn in one message, in the order of its calls, also when the chain paused between them: some
 * providers refuse a turn whose calls are answered in pieces.
 */
export function joinToolMessages(messages: readonly Message[]): Message[] {
  const joined: Message[] = [];
  let order: ReadonlyMap<string, number> = new Map();
  for (const message of messages) {
    const before = joined.at(-1);
    if (message.role === 'assistant') order = new Map(toolCallsOf(partsOf(message)).map(({ toolCallId }, index) => [toolCallId, index]));
    if (before?.role !== 'tool' || message.role !== 'tool' || typeof before.content === 'string' || typeof message.content === 'string') {
      joined.push(message);
      continue;
    }
    const place = (part: ContentPart): number => (part.type === 'toolResult' ? (order.get(part.toolCallId) ?? order.size) : order.size);
    joined[joined.length - 1] = { ...before, content: [...before.content, ...message.content].toSorted((a, b) => place(a) - place(b)) };
  }
  return joined;
}

function partsOf({ content }: Message): ContentPart[] {
  return typeof content === 'string' ? [] : content;
}

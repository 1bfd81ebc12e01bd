import type { AttachmentPart, ContentPart, Message } from '../../protocol/index.ts';
import type { ProviderCall } from '../engine/ports.ts';

export interface EchoTurns {
  readonly system: string;
  /** The text of the last turn; empty when it only brings results of tools. */
  readonly prompt: string;
  readonly attachments: readonly AttachmentPart[];
  readonly toolResults: readonly { name: string | null; output: string; tool_call_id: string | null }[];
  /** The prompts of the turns before, oldest first. */
  readonly previous: readonly string[];
}

/** Messages as `llm` sees them: a turn is what was sent for one answer, or one user message of several in a row. */
export function readTurns(call: Pick<ProviderCall, 'system' | 'messages'>): EchoTurns {
  const turns = splitTurns(call.messages);
  const last = turns.pop() ?? [];
  const names = toolNames(call.messages);
  return {
    system: call.system ?? call.messages.filter(isSystem).map(textOf).join('\n\n'),
    prompt: promptOf(last),
    attachments: last.flatMap(partsOf).filter((part) => part.type === 'attachment'),
    toolResults: last.flatMap((message) => resultsOf(message, names)),
    previous: turns.map(promptOf),
  };
}

function splitTurns(messages: readonly Message[]): Message[][] {
  const turns: Message[][] = [];
  let turn: Message[] = [];
  for (const message of messages) {
    if (isSystem(message)) continue;
    const ends = message.role === 'assistant' || (message.role === 'user' && turn.some((before) => before.role === 'user'));
    if (ends && turn.length > 0) {
      turns.push(turn);
      turn = [];
    }
    if (message.role !== 'assistant') turn.push(message);
  }
  turns.push(turn);
  return turns;
}

function toolNames(messages: readonly Message[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const part of messages.flatMap(partsOf)) if (part.type === 'toolCall') names.set(part.toolCallId, part.name);
  return names;
}

function resultsOf(message: Message, names: ReadonlyMap<string, string>): EchoTurns['toolResults'] {
  if (message.role === 'tool' && typeof message.content === 'string') return [{ name: null, output: message.content, tool_call_id: null }];
  return partsOf(message)
    .filter((part) => part.type === 'toolResult')
    .map((part) => ({
      name: part.name ?? names.get(part.toolCallId) ?? null,
      output: joinText(part.content),
      tool_call_id: part.toolCallId,
    }));
}

function promptOf(turn: readonly Message[]): string {
  return turn
    .filter((message) => message.role !== 'tool')
    .map(textOf)
    .join('');
}

function isSystem(message: Message): boolean {
  return message.role === 'system';
}

function textOf(message: Message): string {
  return typeof message.content === 'string' ? message.content : joinText(message.content);
}

function joinText(parts: readonly ContentPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function partsOf(message: Message): readonly ContentPart[] {
  return typeof message.content === 'string' ? [] : message.content;
}

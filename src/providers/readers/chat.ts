import type { LanguageModelV4FinishReason } from '@ai-sdk/provider';
import type { Json, JsonObject } from '../../../protocol/index.ts';
import { AnswerError } from '../aiSdk/finish.ts';
import { takePart } from '../aiSdk/readStream.ts';
import { createChatToolCalls, type ChatToolCalls } from './chatToolCalls.ts';
import { isGiven, isObject, UnreadableEvent, type OpenReader } from './reader.ts';

/** OpenAI's chat completions, as the servers that speak them do. */
export const openChatReader: OpenReader = ({ collector, ending, namespace }) => {
  let open: 'text' | 'reasoning' | undefined;
  let finish: string | undefined;
  let refused = false;
  let calls: ChatToolCalls | undefined;

  const close = (): void => {
    if (open !== undefined) collector.end(open, undefined);
    open = undefined;
  };
  const append = (kind: 'text' | 'reasoning', text: string): void => {
    if (text === '') return;
    if (open !== kind) {
      close();
      collector.begin(kind, kind, { metadata: undefined });
      open = kind;
    }
    collector.append(kind, text);
  };
  const takeDelta = (delta: JsonObject): void => {
    append('reasoning', textOf(delta['reasoning_content'] ?? delta['reasoning']));
    if (typeof delta['content'] === 'string') append('text', delta['content']);
    else for (const { kind, text } of piecesOf(delta['content'])) append(kind, text);
    const { refusal, tool_calls: toolCalls } = delta;
    if (typeof refusal === 'string' && refusal !== '') {
      refused = true;
      append('text', refusal);
    }
    if (!Array.isArray(toolCalls) || toolCalls.length === 0) return;
    if (open === 'reasoning') close();
    calls ??= createChatToolCalls((part) => takePart(part, collector, ending), namespace);
    for (const call of toolCalls) calls.take(call);
  };
  /** In `member` of the first choice is what it says. */
  const take = (event: JsonObject, member: 'delta' | 'message'): void => {
    if (isGiven(event['error'])) throw new AnswerError(event['error']);
    const { id, choices } = event;
    if (!Array.isArray(choices)) throw new UnreadableEvent('choices');
    if (ending.responseId === undefined && typeof id === 'string' && id !== '') ending.responseId = id;
    const choice = choices[0];
    if (!isGiven(choice)) return;
    if (!isObject(choice)) throw new UnreadableEvent('choice');
    const { finish_reason: reason, [member]: said } = choice;
    if (typeof reason === 'string') finish = reason;
    if (!isGiven(said)) return;
    if (!isObject(said)) throw new UnreadableEvent(member);
    takeDelta(said);
  };
  return {
    take: (event) => take(event, 'delta'),
    takeWhole(answer) {
      take(answer, 'message');
      if (Array.isArray(answer['choices']) && answer['choices'].length === 0) throw new UnreadableEvent('choice');
    },
    end() {
      close();
      calls?.end();
      if (finish !== undefined) ending.finishReason = { unified: unifiedOf(finish, refused), raw: finish };
    },
  };
};

function unifiedOf(reason: string, refused: boolean): LanguageModelV4FinishReason['unified'] {
  switch (reason) {
    case 'stop':
      return refused ? 'content-filter' : 'stop';
    case 'length':
      return 'length';
    case 'content_filter':
      return 'content-filter';
    case 'tool_calls':
    case 'function_call':
      return 'tool-calls';
    default:
      return 'other';
  }
}

function textOf(value: Json | undefined): string {
  if (!isGiven(value)) return '';
  if (typeof value !== 'string') throw new UnreadableEvent('reasoning');
  return value;
}

interface Piece {
  readonly kind: 'text' | 'reasoning';
  readonly text: string;
}

/** Mistral's content: text, and thinking that holds text of its own. */
function piecesOf(content: Json | undefined): Piece[] {
  if (!isGiven(content)) return [];
  if (!Array.isArray(content)) throw new UnreadableEvent('content');
  return content.flatMap((part): Piece[] => {
    if (!isObject(part)) throw new UnreadableEvent('part of the content');
    if (part['type'] === 'text' && typeof part['text'] === 'string') return [{ kind: 'text', text: part['text'] }];
    if (part['type'] !== 'thinking' || !Array.isArray(part['thinking'])) return [];
    const texts = part['thinking'].flatMap((one) =>
      isObject(one) && one['type'] === 'text' && typeof one['text'] === 'string' ? [one['text']] : [],
    );
    return [{ kind: 'reasoning', text: texts.join('') }];
  });
}

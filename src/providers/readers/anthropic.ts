import type { LanguageModelV4FinishReason } from '@ai-sdk/provider';
import type { Json, JsonObject } from '../../../protocol/index.ts';
import { AnswerError } from '../aiSdk/finish.ts';
import { createAnthropicBlocks } from './anthropicBlocks.ts';
import { isObject, UnreadableEvent, type OpenReader } from './reader.ts';

/** Anthropic's messages. Events and blocks that are unknown are passed over: Anthropic says that there will be others. */
export const openAnthropicReader: OpenReader = ({ collector, ending, namespace }) => {
  const blocks = createAnthropicBlocks(collector, namespace);
  /** The message that has begun and not ended. */
  let open: { readonly id: Json | undefined } | undefined;
  let stopReason: string | undefined;

  const noteStopReason = ({ stop_reason: reason }: JsonObject): void => {
    if (typeof reason === 'string') stopReason = reason;
  };
  const start = (message: JsonObject): void => {
    const { id = null, content } = message;
    if (open !== undefined && open.id !== id) throw new UnreadableEvent('place for a second message');
    if (open !== undefined) return;
    open = { id };
    if (typeof id === 'string') ending.responseId ??= id;
    noteStopReason(message);
    // Calls that a program of the model makes may be there from the beginning.
    if (Array.isArray(content)) blocks.takeAll(content.filter((block) => isObject(block) && block['type'] === 'tool_use'));
  };
  const finish = (): void => {
    open = undefined;
    ending.finishReason = { unified: unifiedOf(stopReason), raw: stopReason };
  };
  return {
    take(event) {
      switch (event['type']) {
        case 'error':
          throw new AnswerError(event['error']);
        case 'message_start':
          start(memberOf(event, 'message'));
          return;
        case 'content_block_start':
          blocks.begin(indexOf(event), memberOf(event, 'content_block'));
          return;
        case 'content_block_delta':
          blocks.change(indexOf(event), memberOf(event, 'delta'));
          return;
        case 'content_block_stop':
          blocks.end(indexOf(event));
          return;
        case 'message_delta':
          stopReason = undefined;
          noteStopReason(memberOf(event, 'delta'));
          return;
        case 'message_stop':
          finish();
          return;
        default:
          if (typeof event['type'] !== 'string') throw new UnreadableEvent('type');
      }
    },
    takeWhole(answer) {
      if (answer['type'] === 'error') throw new AnswerError(answer['error']);
      const { content } = answer;
      if (!Array.isArray(content)) throw new UnreadableEvent('content');
      start({ ...answer, content: null });
      blocks.takeAll(content);
      finish();
    },
    end() {},
  };
};

function unifiedOf(reason: string | undefined): LanguageModelV4FinishReason['unified'] {
  switch (reason) {
    case 'end_turn':
    case 'stop_sequence':
    case 'pause_turn':
      return 'stop';
    case 'tool_use':
      return 'tool-calls';
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'refusal':
      return 'content-filter';
    default:
      return 'other';
  }
}

function memberOf(event: JsonObject, name: string): JsonObject {
  const value = event[name];
  if (!isObject(value)) throw new UnreadableEvent(name);
  return value;
}

function indexOf({ index }: JsonObject): number {
  if (typeof index !== 'number') throw new UnreadableEvent('index');
  return index;
}

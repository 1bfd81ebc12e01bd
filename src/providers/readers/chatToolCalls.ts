import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { StreamingToolCallTracker } from '@ai-sdk/provider-utils';
import type { Json } from '../../../protocol/index.ts';
import { isGiven, isObject, UnreadableEvent } from './reader.ts';

export interface ChatToolCalls {
  /** A member of `delta.tool_calls`. */
  take(delta: Json): void;
  end(): void;
}

/**
 * The tool calls of a chat completion: which delta belongs to which call the packages' own tracker decides. It wants a name first, so a
 * call waits for its name, by its index.
 */
export function createChatToolCalls(emit: (part: LanguageModelV4StreamPart) => void, namespace: string): ChatToolCalls {
  const tracker = new StreamingToolCallTracker<CallDelta>(
    { enqueue: emit },
    {
      extractMetadata: ({ signature }) => (signature ? { [namespace]: { thoughtSignature: signature } } : undefined),
      buildToolCallProviderMetadata: (metadata) => metadata,
    },
  );
  const nameless = new Map<number, CallDelta>();
  const started = new Set<number>();
  return {
    take(value) {
      const delta = callDelta(value);
      const { index } = delta;
      if (index === null || started.has(index)) {
        tracker.processDelta(delta);
        return;
      }
      const call = joined(nameless.get(index), delta);
      if (call.function.name === null) {
        nameless.set(index, call);
        return;
      }
      nameless.delete(index);
      started.add(index);
      tracker.processDelta(call);
    },
    end() {
      // The tracker refuses a call that has no name to the end.
      for (const call of nameless.values()) tracker.processDelta(call);
      tracker.flush();
    },
  };
}

interface CallDelta {
  readonly index: number | null;
  readonly id: string | null;
  readonly function: { readonly name: string | null; readonly arguments: string | null };
  readonly signature: string | null;
}

function joined(before: CallDelta | undefined, next: CallDelta): CallDelta {
  if (before === undefined) return next;
  const args = (before.function.arguments ?? '') + (next.function.arguments ?? '');
  return {
    index: next.index,
    id: before.id ?? next.id,
    function: { name: next.function.name, arguments: args },
    signature: before.signature ?? next.signature,
  };
}

function callDelta(value: Json): CallDelta {
  if (!isObject(value) || !isObject(value['function'])) throw new UnreadableEvent('tool call');
  const { name, arguments: args } = value['function'];
  const google = isObject(value['extra_content']) ? value['extra_content']['google'] : undefined;
  return {
    index: typeof value['index'] === 'number' ? value['index'] : null,
    id: textOrNull(value['id'], 'id'),
    function: { name: textOrNull(name, 'name'), arguments: textOrNull(args, 'arguments') },
    // Gemini behind OpenAI's wire.
    signature: isObject(google) ? textOrNull(google['thought_signature'], 'signature') : null,
  };
}

function textOrNull(value: Json | undefined, what: string): string | null {
  if (!isGiven(value)) return null;
  if (typeof value !== 'string') throw new UnreadableEvent(`${what} of a tool call`);
  return value;
}

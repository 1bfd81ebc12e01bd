import type { Json, JsonObject } from '../../../protocol/index.ts';
import type { Collector } from '../aiSdk/collector.ts';
import { isGiven, isObject, requiredText } from './reader.ts';

/** The content blocks of one answer, by their index. Those of tools that Anthropic runs itself are left out, as everywhere. */
export interface AnthropicBlocks {
  begin(index: number, block: JsonObject): void;
  change(index: number, delta: JsonObject): void;
  end(index: number): void;
  /** Blocks that came whole. */
  takeAll(blocks: readonly Json[]): void;
}

type Block =
  | { readonly kind: 'text' | 'thinking' | 'redactedThinking'; readonly citations: Json[] }
  | { readonly kind: 'toolCall'; readonly id: string; readonly name: string; readonly own: JsonObject | undefined; input: string };

export function createAnthropicBlocks(collector: Collector, namespace: string): AnthropicBlocks {
  const open = new Map<number, Block>();
  let whole = 0;

  const beginText = (index: number, kind: 'text' | 'thinking' | 'redactedThinking', own?: JsonObject): void => {
    open.set(index, { kind, citations: [] });
    collector.begin(kind === 'text' ? 'text' : 'reasoning', partId(index), { metadata: own && { [namespace]: own } });
  };
  const beginCall = (index: number, block: JsonObject): void => {
    const id = requiredText(block, 'id');
    const name = requiredText(block, 'name');
    const { input, caller } = block;
    const own = isObject(caller) ? { caller: callerOf(caller) } : undefined;
    open.set(index, {
      kind: 'toolCall',
      id,
      name,
      own,
      input: isObject(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : '',
    });
    collector.begin('toolCall', id, { name, metadata: undefined });
  };
  const begin: AnthropicBlocks['begin'] = (index, block) => {
    switch (block['type']) {
      case 'text':
        return beginText(index, 'text');
      case 'thinking':
        return beginText(index, 'thinking');
      case 'redacted_thinking':
        return beginText(index, 'redactedThinking', { redactedData: requiredText(block, 'data') });
      case 'tool_use':
        return beginCall(index, block);
      default:
    }
  };
  const change: AnthropicBlocks['change'] = (index, delta) => {
    const block = open.get(index);
    if (block === undefined) return;
    if (block.kind === 'toolCall') {
      if (delta['type'] !== 'input_json_delta') return;
      const text = requiredText(delta, 'partial_json');
      block.input += text;
      collector.append(block.id, text);
      return;
    }
    switch (delta['type']) {
      case 'text_delta':
        return collector.append(partId(index), requiredText(delta, 'text'));
      case 'thinking_delta':
        return collector.append(partId(index), requiredText(delta, 'thinking'));
      case 'signature_delta':
        if (block.kind !== 'thinking') return;
        return collector.append(partId(index), '', { [namespace]: { signature: requiredText(delta, 'signature') } });
      case 'citations_delta':
        if (isGiven(delta['citation'])) block.citations.push(delta['citation']);
        return;
      default:
    }
  };
  const end: AnthropicBlocks['end'] = (index) => {
    const block = open.get(index);
    open.delete(index);
    if (block === undefined) return;
    if (block.kind !== 'toolCall') {
      const { citations } = block;
      collector.end(partId(index), citations.length === 0 ? undefined : { [namespace]: { citations } });
      return;
    }
    const { id, name, own, input } = block;
    const providerMetadata = own === undefined ? {} : { providerMetadata: { [namespace]: own } };
    collector.toolCall({ type: 'tool-call', toolCallId: id, toolName: name, input: input === '' ? '{}' : input, ...providerMetadata });
  };
  const takeWhole = (block: JsonObject): void => {
    whole -= 1;
    const { type, citations, signature } = block;
    begin(whole, block);
    if (type === 'text') change(whole, { ...block, type: 'text_delta' });
    if (type === 'thinking') change(whole, { ...block, type: 'thinking_delta' });
    if (type === 'thinking' && typeof signature === 'string') change(whole, { type: 'signature_delta', signature });
    if (Array.isArray(citations)) for (const citation of citations) change(whole, { type: 'citations_delta', citation });
    end(whole);
  };
  return {
    begin,
    change,
    end,
    takeAll(blocks) {
      for (const block of blocks) if (isObject(block)) takeWhole(block);
    },
  };
}

function partId(index: number): string {
  return `block-${index}`;
}

/** What the package makes of who called, which the next turn gives back. */
function callerOf({ type, tool_id: toolId }: JsonObject): JsonObject {
  return { ...(isGiven(type) ? { type } : {}), ...(isGiven(toolId) ? { toolId } : {}) };
}

import { applyDelta, createFold, foldedContent, foldedText } from '../protocol/foldDeltas.ts';
import type { ContentPart, Cost, Delta, PromptResult, PromptStep, Usage } from '../protocol/index.ts';

/** Where a chain is read from, as often as wanted. */
export interface ChainSource {
  events(): AsyncGenerator<Delta, void, undefined>;
  result(): Promise<PromptResult>;
}

/** One response of the model in a chain. Read it while it is written, or later. */
export interface ChainResponse extends AsyncIterable<string> {
  /** Counts from 0. */
  readonly step: number;
  readonly model: string;
  text(): Promise<string>;
  /** What the model wants to be called. */
  toolCalls(): Promise<Extract<ContentPart, { type: 'toolCall' }>[]>;
  /** In the order of the calls; those that paused have none. Waits for the tools. */
  toolResults(): Promise<Extract<ContentPart, { type: 'toolResult' }>[]>;
  /** Known when the chain has ended. */
  usage(): Promise<Usage>;
  /** Known when the chain has ended. */
  cost(): Promise<Cost>;
}

/** Gives each response when it begins. */
export async function* chainResponses(source: ChainSource): AsyncGenerator<ChainResponse, void, undefined> {
  const begun = new Set<number>();
  for await (const delta of source.events()) {
    if ((delta.type !== 'step' && delta.type !== 'part') || begun.has(delta.step)) continue;
    begun.add(delta.step);
    yield chainResponse(source, delta.step, delta.type === 'step' ? delta.model : '');
  }
}

function chainResponse(source: ChainSource, step: number, model: string): ChainResponse {
  const collect = async (deltas: AsyncIterable<Delta>) => {
    const fold = createFold();
    for await (const delta of deltas) applyDelta(fold, delta);
    return fold;
  };
  const finished = async (): Promise<PromptStep | undefined> => (await source.result()).steps[step];
  return {
    step,
    model,
    text: async () => foldedText(await collect(contentOf(source.events(), step))),
    toolCalls: async () => {
      const content = foldedContent(await collect(contentOf(source.events(), step)));
      return content.filter((part): part is Extract<ContentPart, { type: 'toolCall' }> => part.type === 'toolCall');
    },
    toolResults: async () => {
      const fold = await collect(deltasOf(source.events(), step));
      const results = fold.steps.get(step)?.toolResults ?? [];
      const calls = foldedContent(fold).filter((part) => part.type === 'toolCall');
      return calls.flatMap(({ toolCallId, name }) =>
        results.filter((result) => result.toolCallId === toolCallId).map((result) => ({ ...result, name })),
      );
    },
    usage: async () => (await finished())?.usage ?? { inputTokens: null, outputTokens: null },
    cost: async () => (await finished())?.cost ?? { usd: null, source: 'unknown' },
    [Symbol.asyncIterator]: async function* () {
      for await (const delta of contentOf(source.events(), step)) if (delta.type === 'text') yield delta.text;
    },
  };
}

/** What belongs to one response. Ends with it; fails if the chain failed before. */
async function* deltasOf(deltas: AsyncIterable<Delta>, step: number): AsyncGenerator<Delta, void, undefined> {
  const parts = new Set<number>();
  for await (const delta of deltas) {
    if (delta.type === 'step' && delta.step > step) return;
    if (delta.type === 'part' && delta.step === step) parts.add(delta.part);
    const { part, step: of } = delta as { part?: number; step?: number };
    if (part === undefined ? of === step : parts.has(part)) yield delta;
  }
}

/** The same without the results of tools, and so not waiting for them. */
async function* contentOf(deltas: AsyncIterable<Delta>, step: number): AsyncGenerator<Delta, void, undefined> {
  for await (const delta of deltasOf(deltas, step)) {
    if (delta.type === 'toolResult') return;
    yield delta;
  }
}

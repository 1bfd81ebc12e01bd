import { applyDelta, createFold, foldedContent, foldedText, type Fold } from '../protocol/foldDeltas.ts';
import type { Delta, DeltaParams, PromptResult, Usage } from '../protocol/index.ts';
import { LLMError, type PartialAnswer } from './errors.ts';

/** What has arrived of one answer. Kept, so that it can be read late and often. */
export interface Arrival {
  /** Takes one notification. A gap in them is final. */
  receive(params: DeltaParams): void;
  /** Rejects as soon as a delta is missing; pending otherwise. */
  readonly violated: Promise<never>;
  /** No more will come. */
  end(): void;
  /** How many deltas there are. */
  readonly count: number;
  delta(index: number): Delta;
  /** It is text that was taken back. */
  isTakenBack(index: number): boolean;
  /** Whether there are more than `count` deltas; resolves when there are, or at the end. */
  grown(count: number): Promise<boolean>;
  text(): string;
  partial(): PartialAnswer;
  /** The result with its text, after comparing it with what arrived. G3, G4. */
  check(result: PromptResult): PromptResult;
}

export function createArrival(): Arrival {
  const fold = createFold();
  const log: Delta[] = [];
  const takenBack = new Set<number>();
  const violation = Promise.withResolvers<never>();
  violation.promise.catch(() => {});
  const state = { lastSeq: -1, ended: false };
  /** Who waits for the next change, if anybody does. */
  let change: PromiseWithResolvers<void> | undefined;

  const wake = () => {
    change?.resolve();
    change = undefined;
  };
  const take = (delta: Delta) => {
    if (delta.type === 'reset') for (const index of textFrom(log, delta.fromPart)) takenBack.add(index);
    applyDelta(fold, delta);
    log.push(delta);
  };

  return {
    violated: violation.promise,
    receive: ({ seq, deltas }) => {
      if (state.ended) return;
      try {
        if (seq !== state.lastSeq + 1) throw violationOf(`delta ${seq} came after delta ${state.lastSeq}`);
        state.lastSeq = seq;
        deltas.forEach(take);
      } catch (error) {
        state.ended = true;
        violation.reject(error instanceof LLMError ? error : violationOf(`delta ${seq} cannot be understood`));
      }
      wake();
    },
    end: () => {
      state.ended = true;
      wake();
    },
    get count() {
      return log.length;
    },
    delta: (index) => log[index] as Delta,
    isTakenBack: (index) => takenBack.has(index),
    grown: async (count) => {
      while (log.length === count && !state.ended) await (change ??= Promise.withResolvers<void>()).promise;
      return log.length > count;
    },
    text: () => foldedText(fold),
    partial: () => ({ text: foldedText(fold), content: foldedContent(fold), usage: usageOf(fold) }),
    check: (result) => {
      if (result.stream === undefined && state.lastSeq === -1) wholeText(result.text ?? '').forEach(take);
      const { lastSeq = state.lastSeq, textBytes = fold.textBytes } = result.stream ?? {};
      if (lastSeq !== state.lastSeq) throw violationOf(`its last delta is ${lastSeq}, delta ${state.lastSeq} was the last to come`);
      if (textBytes !== fold.textBytes) throw violationOf(`its text has ${textBytes} bytes, ${fold.textBytes} came`);
      const text = foldedText(fold);
      if (result.text !== undefined && result.text !== text) throw violationOf('its text is not what the deltas add up to');
      return { ...result, text };
    },
  };
}

function violationOf(what: string): LLMError {
  return new LLMError('protocolViolation', `The answer is not whole: ${what}. This is a defect of the sidecar.`);
}

function textFrom(log: readonly Delta[], fromPart: number): number[] {
  return log.flatMap((delta, index) => (delta.type === 'text' && delta.part >= fromPart ? [index] : []));
}

/** A sidecar that does not stream. */
function wholeText(text: string): Delta[] {
  if (text === '') return [];
  return [
    { type: 'part', step: 0, part: 0, kind: 'text' },
    { type: 'text', part: 0, text },
    { type: 'partEnd', part: 0 },
  ];
}

function usageOf(fold: Fold): Usage | undefined {
  const usages = [...fold.steps.values()].flatMap(({ usage }) => usage ?? []);
  if (usages.length < 2) return usages[0];
  return { inputTokens: sum(usages.map((usage) => usage.inputTokens)), outputTokens: sum(usages.map((usage) => usage.outputTokens)) };
}

function sum(counts: (number | null)[]): number | null {
  return counts.reduce((total, count) => (total === null || count === null ? null : total + count), 0);
}

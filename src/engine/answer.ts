import { applyDelta, createFold, foldedContent, foldedText } from '../../protocol/foldDeltas.ts';
import type { ContentPart, Delta, Usage } from '../../protocol/index.ts';
import type { TextBuffer } from '../../protocol/textBuffer.ts';
import type { Mutable } from '../lib/mutable.ts';
import type { ModelEvent } from './ports.ts';

/** Takes a delta. `written`: for an append, the text of its part so far, this delta included; it lives as long as the answer. */
export type EmitDelta = (delta: Delta, written?: TextBuffer) => void;

/** The answer of one prompt, with all its steps, while it is being written. */
export interface Answer {
  /** A response of the model begins. */
  begin(step: number, model: string): void;
  /** Synchronous: the event goes to the fold, then out; nothing is awaited on the path of a delta. */
  take(event: ModelEvent): void;
  /** The step that began last is asked for again: what the provider had said of its tokens is of the attempt before. */
  again(): void;
  /** What has arrived of the step that began last is taken back. */
  reset(reason: 'retry' | 'fallback'): void;
  toolResult(result: Extract<ContentPart, { type: 'toolResult' }>): void;
  /** Of one step, or of all. */
  content(step?: number): ContentPart[];
  /** Of all steps. G4. */
  text(): string;
  readonly textBytes: number;
  /** Characters of everything that was appended: what the size limit counts. */
  readonly size: number;
  /** performance.now() of the first part; undefined: nothing of any response has arrived. */
  readonly firstAt: number | undefined;
  /** The same of the step that began last. */
  readonly stepFirstAt: number | undefined;
  /** Something of the step that began last has arrived. */
  readonly stepHasBegun: boolean;
  /** What the provider had to say besides. */
  readonly warnings: readonly { code: string; message: string }[];
  /** What the provider has said so far of the step that began last. */
  readonly stepUsage: Usage | undefined;
}

export function createAnswer(emit: EmitDelta): Answer {
  const fold = createFold();
  let step = 0;
  /** The number of the first part of the step; within a call parts count from 0. */
  let firstPart = 0;
  let nextPart = 0;
  let sizeBefore = 0;

  const forward = (delta: Delta): void => {
    applyDelta(fold, delta);
    answer.textBytes = fold.textBytes;
    emit(delta);
  };
  const append = (delta: Extract<ModelEvent, { text: string }>): void => {
    applyDelta(fold, delta);
    answer.textBytes = fold.textBytes;
    emit(delta, fold.parts.get(delta.part)?.written);
  };
  const arrive = (part: number): number => {
    answer.stepFirstAt ??= performance.now();
    answer.firstAt ??= answer.stepFirstAt;
    const number = firstPart + part;
    if (number >= nextPart) nextPart = number + 1;
    answer.stepHasBegun = true;
    return number;
  };

  const answer: Mutable<Answer> = {
    begin(next, model) {
      step = next;
      firstPart = nextPart;
      sizeBefore = answer.size;
      answer.stepUsage = undefined;
      answer.stepFirstAt = undefined;
      answer.stepHasBegun = false;
      forward({ type: 'step', step, model });
    },
    take(event) {
      switch (event.type) {
        case 'text':
        case 'reasoning':
        case 'toolArgs':
          answer.size += event.text.length;
          return append({ type: event.type, part: arrive(event.part), text: event.text });
        case 'part':
          return forward({ ...event, part: arrive(event.part), step });
        case 'partEnd':
          return forward({ ...event, part: arrive(event.part) });
        case 'usage':
          answer.stepUsage = event.usage;
          return forward({ type: 'usage', step, usage: event.usage });
        case 'warning':
          return forward(event);
      }
    },
    again() {
      answer.stepUsage = undefined;
    },
    reset(reason) {
      if (nextPart === firstPart) return;
      answer.size = sizeBefore;
      nextPart = firstPart;
      answer.stepHasBegun = false;
      forward({ type: 'reset', step, fromPart: firstPart, reason });
    },
    toolResult({ toolCallId, isError, content }) {
      forward({ type: 'toolResult', step, toolCallId, content, ...(isError === true ? { isError } : {}) });
    },
    content: (ofStep) => foldedContent(fold, ofStep),
    text: () => foldedText(fold),
    textBytes: 0,
    size: 0,
    firstAt: undefined,
    stepFirstAt: undefined,
    stepHasBegun: false,
    warnings: fold.warnings,
    stepUsage: undefined,
  };
  return answer;
}

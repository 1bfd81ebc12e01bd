import type { ContentPart, Delta, Usage } from '../../protocol/index.ts';
import { applyDelta, createFold, foldedContent, foldedText } from '../../protocol/foldDeltas.ts';
import type { TextBuffer } from '../../protocol/textBuffer.ts';
import type { ModelEvent } from './ports.ts';

/** Takes a delta. `written`: for an append, the text of its part so far, this delta included; it lives as long as the answer. */
export type EmitDelta = (delta: Delta, written?: TextBuffer) => void;

/** The answer of one prompt while it is being written. */
export interface Answer {
  /** The deltas go to the fold first, then out. Synchronous: nothing is awaited on the path of a delta. */
  step(step: number, model: string): void;
  take(step: number, event: ModelEvent): void;
  content(): ContentPart[];
  text(): string;
  readonly textBytes: number;
  /** Characters of everything that was appended: what the size limit counts. */
  readonly size: number;
  /** performance.now() of the first part; undefined: nothing of the answer has arrived. */
  readonly firstAt: number | undefined;
  readonly usage: Usage | undefined;
}

export function createAnswer(emit: EmitDelta): Answer {
  const fold = createFold();
  let size = 0;
  let firstAt: number | undefined;
  let usage: Usage | undefined;
  const forward = (delta: Delta): void => {
    applyDelta(fold, delta);
    emit(delta);
  };
  const append = (delta: Extract<ModelEvent, { text: string }>): void => {
    applyDelta(fold, delta);
    emit(delta, fold.parts.get(delta.part)?.written);
  };
  return {
    step: (step, model) => forward({ type: 'step', step, model }),
    take(step, event) {
      if (event.type !== 'usage' && event.type !== 'warning') firstAt ??= performance.now();
      switch (event.type) {
        case 'text':
        case 'reasoning':
        case 'toolArgs':
          size += event.text.length;
          return append(event);
        case 'part':
          return forward({ ...event, step });
        case 'usage':
          usage = event.usage;
          return forward({ type: 'usage', step, usage: event.usage });
        default:
          return forward(event);
      }
    },
    content: () => foldedContent(fold),
    text: () => foldedText(fold),
    get textBytes() {
      return fold.textBytes;
    },
    get size() {
      return size;
    },
    get firstAt() {
      return firstAt;
    },
    get usage() {
      return usage;
    },
  };
}

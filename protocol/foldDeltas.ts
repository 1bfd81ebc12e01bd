import type { Delta, PartKind } from './llm/delta.ts';
import type { ContentPart } from './shapes/content.ts';
import type { Usage } from './shapes/usage.ts';
import { appendText, createTextBuffer, lastPiece, readText, type TextBuffer } from './textBuffer.ts';

/** An answer that is being written: what the deltas of one prompt amount to so far. Used on both ends of the wire. */
export interface Fold {
  /** By part number, in the order in which the parts began. */
  readonly parts: Map<number, FoldedPart>;
  /** By step number. */
  readonly steps: Map<number, FoldedStep>;
  readonly warnings: { code: string; message: string }[];
  /** UTF-8 bytes of all text parts, after resets. G4. */
  textBytes: number;
}

export interface FoldedPart {
  readonly part: number;
  readonly step: number;
  readonly kind: PartKind;
  readonly toolCallId: string | undefined;
  readonly name: string | undefined;
  /** UTF-8 bytes of what was appended. */
  bytes: number;
  ended: boolean;
  /** What `partEnd` said: authoritative for tool calls, attachments and signatures. */
  content: ContentPart | undefined;
  /** Read it with `partText`. */
  readonly written: TextBuffer;
}

export interface FoldedStep {
  readonly step: number;
  model: string | undefined;
  usage: Usage | undefined;
  readonly toolResults: Extract<ContentPart, { type: 'toolResult' }>[];
}

export function createFold(): Fold {
  return { parts: new Map(), steps: new Map(), warnings: [], textBytes: 0 };
}

/** Changes `fold` by one delta, in constant time for an append. Unknown deltas change nothing. */
export function applyDelta(fold: Fold, delta: Delta): void {
  switch (delta.type) {
    case 'text':
    case 'reasoning':
    case 'toolArgs':
      append(fold, fold.parts.get(delta.part) ?? beginPart(fold, partOfAppend(fold, delta)), delta.text);
      return;
    case 'part':
      beginPart(fold, delta);
      return;
    case 'partEnd': {
      const part = fold.parts.get(delta.part);
      if (part !== undefined) {
        part.ended = true;
        part.content = delta.content;
      }
      return;
    }
    case 'step':
      stepOf(fold, delta.step).model = delta.model;
      return;
    case 'usage':
      stepOf(fold, delta.step).usage = delta.usage;
      return;
    case 'toolResult': {
      const { step, toolCallId, isError, content } = delta;
      stepOf(fold, step).toolResults.push({ type: 'toolResult', toolCallId, content: content ?? [], ...(isError === true && { isError }) });
      return;
    }
    case 'reset':
      reset(fold, delta);
      return;
    case 'warning':
      fold.warnings.push({ code: delta.code, message: delta.message });
  }
}

/** The text parts joined, in the order of their numbers. Costs a copy of the text: not for every delta. */
export function foldedText(fold: Fold): string {
  return inOrder(fold)
    .filter((part) => part.kind === 'text')
    .map(partText)
    .join('');
}

/** What was appended to a part so far. */
export function partText(part: FoldedPart): string {
  return readText(part.written);
}

/**
 * The content so far, of one step or of all, in the order of the part numbers. A tool call or an attachment is there
 * once it has ended; text and reasoning also before; empty text is left out.
 */
export function foldedContent(fold: Fold, step?: number): ContentPart[] {
  const contents: ContentPart[] = [];
  for (const part of inOrder(fold)) {
    const content = step === undefined || part.step === step ? contentOf(part) : undefined;
    if (content !== undefined) contents.push(content);
  }
  return contents;
}

type Append = { type: 'text' | 'reasoning' | 'toolArgs'; part: number; text: string };

function append(fold: Fold, part: FoldedPart, text: string): void {
  const bytes = Buffer.byteLength(text) - (joinsSurrogates(part.written, text) ? 2 : 0);
  appendText(part.written, text);
  part.bytes += bytes;
  if (part.kind === 'text') fold.textBytes += bytes;
}

function beginPart(fold: Fold, begin: Omit<Extract<Delta, { type: 'part' }>, 'type'>): FoldedPart {
  discardPart(fold, begin.part);
  const part: FoldedPart = {
    part: begin.part,
    step: begin.step,
    kind: begin.kind,
    toolCallId: begin.toolCallId,
    name: begin.name,
    bytes: 0,
    ended: false,
    content: undefined,
    written: createTextBuffer(),
  };
  fold.parts.set(part.part, part);
  return part;
}

/** No text is lost when the delta that begins a part is missing. */
function partOfAppend(fold: Fold, delta: Append): { step: number; part: number; kind: PartKind } {
  return { step: Math.max(0, ...fold.steps.keys()), part: delta.part, kind: delta.type === 'toolArgs' ? 'toolCall' : delta.type };
}

/** Usage stays until it is replaced: what was discarded was paid for. */
function reset(fold: Fold, { step, fromPart }: { step: number; fromPart: number }): void {
  for (const part of fold.parts.keys()) if (part >= fromPart) discardPart(fold, part);
  for (const folded of fold.steps.values()) if (folded.step >= step) folded.toolResults.length = 0;
}

function discardPart(fold: Fold, number: number): void {
  const part = fold.parts.get(number);
  if (part?.kind === 'text') fold.textBytes -= part.bytes;
  fold.parts.delete(number);
}

function stepOf(fold: Fold, step: number): FoldedStep {
  const known = fold.steps.get(step);
  if (known !== undefined) return known;
  const created: FoldedStep = { step, model: undefined, usage: undefined, toolResults: [] };
  fold.steps.set(step, created);
  return created;
}

function inOrder(fold: Fold): FoldedPart[] {
  const parts = [...fold.parts.values()];
  return parts.length < 2 ? parts : parts.toSorted((left, right) => left.part - right.part);
}

function contentOf(part: FoldedPart): ContentPart | undefined {
  if (part.kind !== 'text' && part.kind !== 'reasoning') return part.content;
  const text = partText(part);
  if (part.content?.type === part.kind) return { ...part.content, text } as ContentPart;
  return text === '' ? undefined : ({ type: part.kind, text } as ContentPart);
}

/** Half a pair counts three bytes on each side, the pair four. */
function joinsSurrogates(written: TextBuffer, next: string): boolean {
  const last = lastPiece(written);
  return last !== undefined && (next.charCodeAt(0) & 0xfc00) === 0xdc00 && (last.charCodeAt(last.length - 1) & 0xfc00) === 0xd800;
}

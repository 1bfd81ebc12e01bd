/**
 * Text that grows by many small appends. `+=` would keep a tree of all of them alive, and a plain list costs an object
 * each, so the pieces are joined into flat blocks.
 */
export interface TextBuffer {
  readonly blocks: string[];
  /** Where each block ends, in UTF-16 units from the start. */
  readonly ends: number[];
  readonly pieces: string[];
  /** UTF-16 units. */
  length: number;
}

/** Small, so that pieces die young: those that live until a block is full end up where only a full collection finds them. */
const piecesOfBlock = 256;
const unitsOfBlock = 1024;

export function createTextBuffer(text = ''): TextBuffer {
  return { blocks: [], ends: [], pieces: text === '' ? [] : [text], length: text.length };
}

export function appendText(buffer: TextBuffer, text: string): void {
  if (text === '') return;
  buffer.pieces.push(text);
  buffer.length += text.length;
  const units = buffer.length - (buffer.ends.at(-1) ?? 0);
  if (units >= unitsOfBlock || buffer.pieces.length === piecesOfBlock) flatten(buffer);
}

export function readText(buffer: TextBuffer): string {
  flatten(buffer);
  if (buffer.blocks.length > 1) {
    buffer.blocks.splice(0, buffer.blocks.length, buffer.blocks.join(''));
    buffer.ends.splice(0, buffer.ends.length, buffer.length);
  }
  return buffer.blocks[0] ?? '';
}

/** The units from `start` up to `end`, at the cost of these and not of the whole. */
export function readRange(buffer: TextBuffer, start: number, end: number): string {
  const parts: string[] = [];
  let to = buffer.length;
  for (let index = buffer.pieces.length - 1; index >= 0 && to > start; index -= 1) {
    const piece = buffer.pieces[index] ?? '';
    to -= piece.length;
    if (to < end) parts.push(cut(piece, start - to, end - to));
  }
  parts.reverse();
  const inPieces = buffer.ends.at(-1) ?? 0;
  if (start >= inPieces) return parts.join('');
  const before: string[] = [];
  for (let index = firstEndAfter(buffer.ends, start); index < buffer.blocks.length; index += 1) {
    const from = buffer.ends[index - 1] ?? 0;
    if (from >= end) break;
    before.push(cut(buffer.blocks[index] ?? '', start - from, end - from));
  }
  return [...before, ...parts].join('');
}

/** The piece that was appended last. */
export function lastPiece(buffer: TextBuffer): string | undefined {
  return buffer.pieces.at(-1) ?? buffer.blocks.at(-1);
}

function flatten(buffer: TextBuffer): void {
  if (buffer.pieces.length === 0) return;
  buffer.blocks.push(buffer.pieces.join(''));
  buffer.ends.push(buffer.length);
  buffer.pieces.length = 0;
}

function cut(text: string, start: number, end: number): string {
  return start <= 0 && end >= text.length ? text : text.slice(Math.max(0, start), end);
}

function firstEndAfter(ends: readonly number[], position: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

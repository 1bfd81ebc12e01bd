/**
 * Text that grows by many small appends. `+=` would keep a tree of all of them alive, and a plain list costs an object
 * each, so the pieces are joined into flat blocks.
 */
export interface TextBuffer {
  readonly blocks: string[];
  readonly pieces: string[];
}

const piecesOfBlock = 256;

export function createTextBuffer(text = ''): TextBuffer {
  return { blocks: [], pieces: text === '' ? [] : [text] };
}

export function appendText(buffer: TextBuffer, text: string): void {
  if (text === '') return;
  buffer.pieces.push(text);
  if (buffer.pieces.length === piecesOfBlock) flatten(buffer);
}

export function readText(buffer: TextBuffer): string {
  flatten(buffer);
  if (buffer.blocks.length > 1) buffer.blocks.splice(0, buffer.blocks.length, buffer.blocks.join(''));
  return buffer.blocks[0] ?? '';
}

/** The piece that was appended last. */
export function lastPiece(buffer: TextBuffer): string | undefined {
  return buffer.pieces.at(-1) ?? buffer.blocks.at(-1);
}

function flatten(buffer: TextBuffer): void {
  if (buffer.pieces.length > 0) buffer.blocks.push(buffer.pieces.join(''));
  buffer.pieces.length = 0;
}

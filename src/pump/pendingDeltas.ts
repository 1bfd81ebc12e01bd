import type { Delta } from '../../protocol/index.ts';
import { appendText, createTextBuffer, readText, type TextBuffer } from '../../protocol/textBuffer.ts';

/** Deltas that wait for the pipe. Appends to one part merge, a usage snapshot replaces; everything else keeps its place. */
export interface PendingDeltas {
  readonly empty: boolean;
  /** Something is waiting that should not be held back for more to merge with. */
  readonly urgent: boolean;
  add(delta: Delta): void;
  /** Takes what fits into `maxBytes` of JSON, at least one delta; text is split between code points. */
  take(maxBytes: number, last: boolean): Delta[];
}

type AppendType = 'text' | 'reasoning' | 'toolArgs';
interface Append {
  readonly type: AppendType;
  readonly part: number;
  buffer: TextBuffer;
}
type Entry = { append: Append } | { delta: Delta };

/** JSON around the text of an append. */
const appendOverhead = 64;
/** The most bytes of JSON that one UTF-16 unit can become: \u001f. */
const worstBytesPerUnit = 6;

export function createPendingDeltas(): PendingDeltas {
  let entries: Entry[] = [];
  /** Appends that later ones of the same part may merge into: those since the last delta that keeps its place. */
  const open = new Map<number, Append>();
  let urgent = false;

  const add = (delta: Delta): void => {
    if (isAppend(delta)) {
      const earlier = open.get(delta.part);
      if (earlier) return appendText(earlier.buffer, delta.text);
      const append: Append = { type: delta.type, part: delta.part, buffer: createTextBuffer(delta.text) };
      open.set(delta.part, append);
      entries.push({ append });
      return;
    }
    if (delta.type === 'usage') {
      const index = entries.findIndex((entry) => 'delta' in entry && entry.delta.type === 'usage' && entry.delta['step'] === delta['step']);
      if (index >= 0) entries[index] = { delta };
      else entries.push({ delta });
      return;
    }
    entries.push({ delta });
    if (delta.type === 'part' || delta.type === 'step' || delta.type === 'warning') return;
    open.clear();
    urgent = true;
  };

  const take = (maxBytes: number, last: boolean): Delta[] => {
    const taken: Delta[] = [];
    let room = maxBytes;
    let index = 0;
    for (; index < entries.length; index++) {
      const entry = entries[index] as Entry;
      if ('delta' in entry) {
        const bytes = jsonBytes(entry.delta);
        if (taken.length > 0 && bytes > room) break;
        taken.push(entry.delta);
        room -= bytes;
        continue;
      }
      const { append } = entry;
      if (taken.length > 0 && room < appendOverhead + worstBytesPerUnit * 2) break;
      const text = readText(append.buffer);
      const whole = last || index < entries.length - 1 || !endsInHalf(text) ? text.length : text.length - 1;
      const fits = unitsThatFit(text, whole, room - appendOverhead);
      if (fits > 0) taken.push({ type: append.type, part: append.part, text: text.slice(0, fits) });
      room -= appendOverhead + fits;
      if (fits < text.length) {
        append.buffer = createTextBuffer(text.slice(fits));
        break;
      }
      if (open.get(append.part) === append) open.delete(append.part);
    }
    entries = entries.slice(index);
    if (entries.length === 0) urgent = false;
    return taken;
  };

  return {
    get empty() {
      return entries.length === 0;
    },
    get urgent() {
      return urgent;
    },
    add,
    take,
  };
}

function isAppend(delta: Delta): delta is { type: AppendType; part: number; text: string } {
  return delta.type === 'text' || delta.type === 'reasoning' || delta.type === 'toolArgs';
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1;
}

/** How many UTF-16 units of `text`, at most `limit`, become at most `maxBytes` of JSON; never half a code point, at least one. */
function unitsThatFit(text: string, limit: number, maxBytes: number): number {
  if (limit * worstBytesPerUnit <= maxBytes) return limit;
  let low = Math.min(limit, Math.max(1, Math.floor(maxBytes / worstBytesPerUnit)));
  let high = Math.min(limit, Math.max(1, maxBytes));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (jsonBytes(text.slice(0, middle)) <= maxBytes) low = middle;
    else high = middle - 1;
  }
  if (low >= limit || !endsInHalf(text.slice(0, low))) return low;
  return low > 1 ? low - 1 : low + 1;
}

/** The first half of a surrogate pair: hosts outside JavaScript cannot join the halves of two strings. */
function endsInHalf(text: string): boolean {
  const unit = text.charCodeAt(text.length - 1);
  return unit >= 0xd800 && unit <= 0xdbff;
}

import type { Delta } from '../../protocol/index.ts';
import type { Mutable } from '../lib/mutable.ts';
import { appendText, createTextBuffer, readRange, type TextBuffer } from '../../protocol/textBuffer.ts';

/** Deltas that wait for the pipe. Appends to one part merge, a usage snapshot replaces; everything else keeps its place. */
export interface PendingDeltas {
  readonly empty: boolean;
  /** Something is waiting that should not be held back for more to merge with. */
  readonly urgent: boolean;
  /**
   * `written`: the text of the part so far, which ends with that of the delta and lives on; only where to read in it is
   * kept then, and a host that does not read costs no second copy.
   */
  add(delta: Delta, written?: TextBuffer): void;
  /** Takes what fits into `maxBytes` of JSON, at least one delta; text is split between code points. */
  take(maxBytes: number, last: boolean): Delta[];
}

type AppendType = 'text' | 'reasoning' | 'toolArgs';
interface Append {
  readonly type: AppendType;
  readonly part: number;
  readonly buffer: TextBuffer;
  /** The buffer is our own: what comes has to be appended to it. */
  readonly own: boolean;
  /** What is waiting, in UTF-16 units of the buffer. */
  start: number;
  end: number;
}
type Entry = { append: Append } | { delta: Delta };

/** JSON around the text of an append. */
const appendOverhead = 64;
/** The most bytes of JSON that one UTF-16 unit can become: \u001f. */
const worstBytesPerUnit = 6;

/** JSON of a delta without its texts. */
const smallBytes = 128;

export function createPendingDeltas(): PendingDeltas {
  let entries: Entry[] = [];
  /** Appends that later ones of the same part may merge into: those since the last delta that keeps its place. */
  const open = new Map<number, Append>();

  const add = (delta: Delta, written?: TextBuffer): void => {
    pending.empty = false;
    if (isAppend(delta)) {
      const earlier = open.get(delta.part);
      if (earlier && (written === undefined ? earlier.own : earlier.buffer === written)) {
        if (earlier.own) appendText(earlier.buffer, delta.text);
        earlier.end = earlier.buffer.length;
        return;
      }
      const buffer = written ?? createTextBuffer(delta.text);
      const append: Append = {
        type: delta.type,
        part: delta.part,
        buffer,
        own: written === undefined,
        start: buffer.length - delta.text.length,
        end: buffer.length,
      };
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
    pending.urgent = true;
  };

  const take = (maxBytes: number, last: boolean): Delta[] => {
    const taken: Delta[] = [];
    let room = maxBytes;
    let index = 0;
    for (; index < entries.length; index++) {
      const entry = entries[index] as Entry;
      if ('delta' in entry) {
        const bytes = bytesOf(entry.delta);
        if (taken.length > 0 && bytes > room) break;
        taken.push(entry.delta);
        room -= bytes;
        continue;
      }
      const { append } = entry;
      if (taken.length > 0 && room < appendOverhead + worstBytesPerUnit * 2) break;
      const waiting = append.end - append.start;
      const most = Math.max(2, room - appendOverhead);
      // A unit is at least one byte: more than `most` units cannot fit.
      const text = readRange(append.buffer, append.start, append.start + Math.min(waiting, most));
      const mayEndInHalf = last || index < entries.length - 1;
      const whole = text.length === waiting && (mayEndInHalf || !endsInHalf(text)) ? text.length : text.length - (endsInHalf(text) ? 1 : 0);
      const fits = unitsThatFit(text, whole, most);
      const sent = fits === text.length ? text : text.slice(0, fits);
      if (fits > 0) taken.push({ type: append.type, part: append.part, text: sent });
      append.start += fits;
      if (fits < waiting) break;
      if (index < entries.length - 1) room -= appendOverhead + jsonBytes(sent);
      if (open.get(append.part) === append) open.delete(append.part);
    }
    entries = entries.slice(index);
    pending.empty = entries.length === 0;
    if (pending.empty) pending.urgent = false;
    return taken;
  };

  const pending: Mutable<PendingDeltas> = { empty: true, urgent: false, add, take };
  return pending;
}

function isAppend(delta: Delta): delta is { type: AppendType; part: number; text: string } {
  return delta.type === 'text' || delta.type === 'reasoning' || delta.type === 'toolArgs';
}

/** Bytes of JSON, at most; of what every answer has, without making the JSON. */
function bytesOf(delta: Delta): number {
  if (delta.type === 'step') return smallBytes + worstBytesPerUnit * delta.model.length;
  if (delta.type === 'part' && delta.toolCallId === undefined && delta.name === undefined)
    return smallBytes + worstBytesPerUnit * delta.kind.length;
  if (delta.type === 'partEnd' && delta.content === undefined) return smallBytes;
  return jsonBytes(delta);
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1;
}

/** How many UTF-16 units of `text`, at most `limit`, become at most `maxBytes` of JSON; never half a code point, at least one. */
function unitsThatFit(text: string, limit: number, maxBytes: number): number {
  let units = limit;
  while (units > 1 && units * worstBytesPerUnit > maxBytes) {
    const bytes = jsonBytes(text.slice(0, units));
    if (bytes <= maxBytes) break;
    units = Math.max(1, Math.min(units - 1, Math.floor((units * maxBytes) / bytes)));
  }
  if (units >= limit || !endsInHalf(text.slice(0, units))) return units;
  return units > 1 ? units - 1 : units + 1;
}

/** The first half of a surrogate pair: hosts outside JavaScript cannot join the halves of two strings. */
function endsInHalf(text: string): boolean {
  const unit = text.charCodeAt(text.length - 1);
  return unit >= 0xd800 && unit <= 0xdbff;
}

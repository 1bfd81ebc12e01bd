/**
 * Events that follow one another and differ in nothing but the text they append become one event with both texts, as long
 * as they came in one read. A package spends ten times longer on an event than this does, and a slow reader gets larger
 * pieces instead of more of them. The numbers and the padding of OpenAI's Responses make no difference.
 */
export function mergeDeltas(events: string): string {
  const merged: string[] = [];
  let last: Delta | undefined;
  for (const event of events.split('\n\n')) {
    const delta = deltaOf(event);
    if (delta !== undefined && last !== undefined && delta.before === last.before && delta.after === last.after) {
      last.texts.push(delta.text);
      continue;
    }
    if (last !== undefined) merged.push(written(last));
    if (delta === undefined) merged.push(event);
    last = delta === undefined ? undefined : { ...delta, texts: [delta.text] };
  }
  if (last !== undefined) merged.push(written(last));
  return merged.join('\n\n');
}

interface Delta {
  readonly before: string;
  readonly after: string;
  /** Of the first of them: the event as it is written is that one, with all texts. */
  readonly start: string;
  readonly end: string;
  readonly texts: string[];
}

/** The members that deltas append with: chat completions and their reasoning, Anthropic's text and thinking, Responses. */
const appended =
  /"delta":\{(?:"role":"assistant",)?(?:"content":(?:null|""),|"type":"(?:text|thinking)_delta",)?"(?:content|reasoning_content|reasoning|text|thinking)":"|"type":"response\.(?:output_text|reasoning_summary_text|reasoning_text)\.delta",[^{}]*?"delta":"/;
/** The inside of a JSON string; two of them side by side are the inside of one. */
const inside = /(?:[^"\\]|\\.)*/y;
const passing = /"sequence_number":\d+|"obfuscation":"[^"\\]*"/g;

function deltaOf(event: string): (Omit<Delta, 'texts'> & { readonly text: string }) | undefined {
  const found = appended.exec(event);
  if (found === null) return undefined;
  const from = found.index + found[0].length;
  inside.lastIndex = from;
  const text = inside.exec(event)?.[0] ?? '';
  const start = event.slice(0, from);
  const end = event.slice(from + text.length);
  const numbered = found[0].startsWith('"type"');
  return { start, end, text, before: numbered ? start.replace(passing, '') : start, after: numbered ? end.replace(passing, '') : end };
}

function written({ start, texts, end }: Delta): string {
  return start + texts.join('') + end;
}

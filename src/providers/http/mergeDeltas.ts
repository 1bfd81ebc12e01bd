/**
 * Events that follow one another and differ in nothing but the text they append become one event with both texts, as long
 * as they came in one read. A package spends ten times longer on an event than this does, and a slow reader gets larger
 * pieces instead of more of them. Wires whose events carry counters (OpenAI Responses) stay as they are.
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
  readonly texts: string[];
}

/** The members that deltas append with: chat completions and their reasoning, Anthropic's text and thinking. */
const appended =
  /"delta":\{(?:"role":"assistant",)?(?:"content":(?:null|""),|"type":"(?:text|thinking)_delta",)?"(?:content|reasoning_content|reasoning|text|thinking)":"/;
/** The inside of a JSON string; two of them side by side are the inside of one. */
const inside = /(?:[^"\\]|\\.)*/y;

function deltaOf(event: string): { before: string; text: string; after: string } | undefined {
  const start = appended.exec(event);
  if (start === null) return undefined;
  const from = start.index + start[0].length;
  inside.lastIndex = from;
  const text = inside.exec(event)?.[0] ?? '';
  return { before: event.slice(0, from), text, after: event.slice(from + text.length) };
}

function written({ before, texts, after }: Delta): string {
  return before + texts.join('') + after;
}

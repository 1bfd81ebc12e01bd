import { readFileSync } from 'node:fs';

export type Step = { readonly line: number } & (
  | { readonly kind: 'send'; readonly message: unknown }
  | { readonly kind: 'sendRaw'; readonly text: string }
  | { readonly kind: 'receive'; readonly message: unknown }
  | { readonly kind: 'deltas'; readonly promptId: string; readonly text: unknown; readonly whole: boolean }
  | { readonly kind: 'save'; readonly yaml: string }
  | { readonly kind: 'endInput' }
  | { readonly kind: 'exit'; readonly code: number }
);

export interface Transcript {
  /** What the configuration file holds at the start; null: there is none. */
  readonly config: string | null;
  /** Set when its bytes exist in one framing only. */
  readonly framing: 'ndjson' | undefined;
  readonly steps: readonly Step[];
}

/**
 * One line, one event, in order; README.md beside the transcripts says how each is written. Throws at a line that is
 * none of these.
 */
export function readTranscript(url: URL): Transcript {
  const lines = readFileSync(url, 'utf8').split('\n');
  const steps: Step[] = [];
  let config: string | null = null;
  let framing: Transcript['framing'];
  for (let index = 0; index < lines.length; index += 1) {
    const line = index + 1;
    const text = lines[index]!;
    if (text.trim() === '' || text.startsWith('#')) continue;
    if (text.startsWith('config |')) {
      let yaml = '';
      for (; lines[index]?.startsWith('config |'); index += 1) yaml += `${lines[index]!.slice('config |'.length).replace(/^ /, '')}\n`;
      index -= 1;
      if (steps.length === 0) config = yaml;
      else steps.push({ line, kind: 'save', yaml });
    } else if (text === 'framing ndjson') framing = 'ndjson';
    else steps.push({ line, ...readStep(text) } as Step);
  }
  return { config, framing, steps };
}

const forms: [form: RegExp, step: (rest: string, ...more: string[]) => Record<string, unknown>][] = [
  [/^-> (\{.*)$/, (json) => ({ kind: 'send', message: { jsonrpc: '2.0', ...(JSON.parse(json) as object) } })],
  [/^->> ?(.*)$/, (text) => ({ kind: 'sendRaw', text: `${text}\n` })],
  [/^<- (\{.*)$/, (json) => ({ kind: 'receive', message: { jsonrpc: '2.0', ...(JSON.parse(json) as object) } })],
  [/^<~ (\S+) (".*")$/, (promptId, json) => ({ kind: 'deltas', promptId, text: JSON.parse(json), whole: true })],
  [/^<~ (\S+) (".*") …$/, (promptId, json) => ({ kind: 'deltas', promptId, text: JSON.parse(json), whole: false })],
  [/^-- end of input$/, () => ({ kind: 'endInput' })],
  [/^-- exit (\d+)$/, (code) => ({ kind: 'exit', code: Number(code) })],
];

function readStep(text: string): Record<string, unknown> {
  for (const [form, step] of forms) {
    const found = form.exec(text);
    if (found !== null) return step(found[1]!, ...found.slice(2));
  }
  throw new Error(`not a line of a transcript: ${text}`);
}

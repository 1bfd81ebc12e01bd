import type { JsonObject } from '../../../protocol/index.ts';
import { json, startUpstream, type Answer, type Upstream } from '../../providers/support/upstream.ts';
import type { RawMessage } from '../../support/rawHost.ts';

const events = (chunks: readonly object[]): string[] => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
const chunk = (delta: object, finish: string | null = null): object => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const stream = { 'content-type': 'text/event-stream' };
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };

/** A streamed answer of chat completions, whole. */
export function says(...texts: readonly string[]): Answer {
  const body = [...events([...texts.map((content) => chunk({ content })), { ...chunk({}, 'stop'), usage }]), 'data: [DONE]\n\n'];
  return { headers: stream, body };
}

/** Its beginning, and then nothing more. */
export function begins(ends: 'cut' | 'stalled', ...texts: readonly string[]): Answer {
  return { headers: stream, body: events(texts.map((content) => chunk({ content }))), ends };
}

/** A streamed call of a tool. */
export function calls(name: string, args: object): Answer {
  const call = { index: 0, id: 'call_1', type: 'function', function: { name, arguments: JSON.stringify(args) } };
  return { headers: stream, body: [...events([chunk({ tool_calls: [call] }), { ...chunk({}, 'tool_calls'), usage }]), 'data: [DONE]\n\n'] };
}

/** The same in one piece. */
export function saysAtOnce(content: string): Answer {
  return json(200, {
    id: 'c1',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage,
  });
}

export function refuses(status: number, headers: Record<string, string> = {}, error: JsonObject = { message: `no ${status}` }): Answer {
  return json(status, { error }, headers);
}

export interface ScriptedUpstream extends Upstream {
  /** What it answers from now on, the last one again and again; what it has received is forgotten. */
  script(...answers: readonly Answer[]): void;
}

/** A server whose answers are given test by test. */
export async function startScripted(): Promise<ScriptedUpstream> {
  let left: Answer[] = [];
  const upstream = await startUpstream(() => (left.length > 1 ? left.shift() : left[0]) ?? {});
  return {
    ...upstream,
    script(...answers) {
      left = [...answers];
      upstream.received.length = 0;
    },
  };
}

/** Providers by name, each at an address of its own, with one model of its name. */
export function servers(urls: Readonly<Record<string, string>>): string {
  const lines = Object.entries(urls).map(
    ([name, url]) =>
      `  ${name}: {type: openai-compatible, base_url: '${url}', discover: false, models: [{id: ${name}-model, price: {input: 1, output: 10}}]}`,
  );
  return `providers:\n${lines.join('\n')}\n`;
}

export function deltasOf(messages: readonly RawMessage[], promptId = 'p'): JsonObject[] {
  return messages.flatMap(({ method, params }) => (method === 'llm/delta' && params.promptId === promptId ? params.deltas : []));
}

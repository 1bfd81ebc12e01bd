import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRecordings, promptCases, startReplay, type Replay } from './support/recordings.ts';
import { question, runOnPort, settingsOf, toolsOf } from './support/runCase.ts';

/** The same bytes, cut and dressed differently, must read the same. */
const knobs = ['split-7', 'crlf', 'comments', 'bom', 'one-write', 'no-done', 'crlf/split-3', 'comments/one-write'];
const cases = promptCases().filter(({ stream, status }) => stream && status === 200);
const small = new Set([
  'openai-chat-text-stream',
  'openai-responses-text-stream',
  'anthropic-text-stream',
  'google-text-stream',
  'mistral-tool-stream',
  'ollama-tool-stream',
]);

describe.skipIf(!hasRecordings)('recorded streams, cut and dressed differently', () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await startReplay();
  });
  afterAll(() => replay.close());

  const rows = cases.flatMap((one) => [...knobs, ...(small.has(one.id) ? ['split-1'] : [])].map((knob) => [one.id, knob, one] as const));
  it.each(rows)('%s with %s', async (id, knob, recorded) => {
    const run = (path: string) =>
      runOnPort({
        settings: settingsOf(recorded, `${replay.url}/case/${id}${path}`),
        messages: question,
        tools: toolsOf(recorded),
        stream: true,
      });
    const [plain, dressed] = await Promise.all([run(''), run(`/${knob}`)]);
    expect(withoutMadeIds(dressed)).toEqual(withoutMadeIds(plain));
  });
});

/** Gemini may leave the ids of tool calls out; the package makes new ones each time. */
function withoutMadeIds(outcome: unknown): unknown {
  return JSON.parse(JSON.stringify(outcome, (key, value: unknown) => (key === 'id' || key === 'toolCallId' ? typeof value : value)));
}

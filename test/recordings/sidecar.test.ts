import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sidecar } from '../support/sidecar.ts';
import { expectRecorded } from './support/expectRecorded.ts';
import { outcomeOf, startRecordedSidecar, type RecordedModel } from './support/recordedSidecar.ts';
import { hasRecordings, promptCases, startReplay, type RecordedCase, type Replay } from './support/recordings.ts';
import { canaryKey, question, toolsOf } from './support/runCase.ts';

const cases = promptCases();
const chat = cases.filter(({ api }) => api === 'openai-chat');
const openrouter = chat.filter(({ id }) => id.startsWith('openrouter-'));

describe.skipIf(!hasRecordings)(`every recorded response through the process, ${cases.length} of them`, () => {
  let replay: Replay;
  let sidecar: Sidecar;
  let reached = 0;
  beforeAll(async () => {
    replay = await startReplay();
    const baseUrl = `${replay.url}/by-model`;
    const through = (type: string, some: readonly RecordedCase[]): RecordedModel[] =>
      some.map((recorded) => ({ id: `${type}/${recorded.id}`, recorded, baseUrl, type }));
    sidecar = await startRecordedSidecar([
      ...cases.map((recorded) => ({ id: `own/${recorded.id}`, recorded, baseUrl })),
      ...through('openai-compatible', chat),
      ...through('openrouter', openrouter),
    ]);
  });
  afterAll(async () => {
    const { stderr } = await sidecar.stop();
    await replay.close();
    process.stdout.write(`recordings through the process: ${reached} runs of ${cases.length} recorded responses read as expected\n`);
    if (stderr.includes(canaryKey)) throw new Error('the key is on stderr');
  });

  const run = async (recorded: RecordedCase, model: string, stream: boolean): Promise<void> => {
    const promptId = `${model} ${stream}`;
    const response = await sidecar.host.request('llm/prompt', {
      promptId,
      model,
      messages: question,
      tools: toolsOf(recorded),
      ...(stream ? { stream: {} } : {}),
    });
    expectRecorded(outcomeOf(response, sidecar.host.messages, promptId), refused.has(recorded.id) ? withoutUse(recorded) : recorded);
    expect(JSON.stringify(response)).not.toContain(canaryKey);
    const sent = replay.requests().at(-1);
    expect(JSON.stringify(sent?.headers)).toContain(canaryKey);
    expect(sent?.path).not.toContain(canaryKey);
    reached += 1;
  };

  it.each(named(cases))('%s', (id, recorded) => run(recorded, `own/${id}`, recorded.stream));
  it.each(named(cases))('%s, asked for the other way', (id, recorded) => run(recorded, `own/${id}`, !recorded.stream));
  it.each(named(chat))('%s, through openai-compatible', (id, recorded) => run(recorded, `openai-compatible/${id}`, recorded.stream));
  it.each(named(openrouter))('%s, through openrouter', (id, recorded) => run(recorded, `openrouter/${id}`, recorded.stream));
});

/** Refused in the stream, before anything of an answer: the provider names no usage, and the sidecar knows that it is none. */
const refused = new Set(['openai-responses-quota-error-stream']);

function withoutUse(recorded: RecordedCase): RecordedCase {
  return {
    ...recorded,
    expected: { ...recorded.expected, usage: { input: 0, output: 0, cachedInput: null, cacheWrite: null, reasoning: null } },
  };
}

function named(some: readonly RecordedCase[]): (readonly [string, RecordedCase])[] {
  return some.map((one) => [one.id, one] as const);
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRecorded } from './support/expectRecorded.ts';
import { hasRecordings, promptCases, startReplay, type RecordedCase, type Replay } from './support/recordings.ts';
import { canaryKey, question, runOnPort, settingsOf, toolsOf } from './support/runCase.ts';

const cases = promptCases();

describe.skipIf(!hasRecordings)(`every recorded response, ${cases.length} of them`, () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await startReplay();
  });
  afterAll(() => replay.close());

  const run = async (recorded: RecordedCase, changed: { type?: string; stream?: boolean } = {}): Promise<void> => {
    const settings = settingsOf(recorded, `${replay.url}/case/${recorded.id}`);
    const outcome = await runOnPort({
      settings: { ...settings, type: changed.type ?? settings.type, api: changed.type === undefined ? settings.api : undefined },
      messages: question,
      tools: toolsOf(recorded),
      stream: changed.stream ?? recorded.stream,
    });
    expectRecorded(outcome, recorded);
    expect(JSON.stringify(outcome)).not.toContain(canaryKey);
  };

  it.each(named(cases))('%s', (_id, recorded) => run(recorded));
  // A server that answers in one piece, or in a stream, whatever is asked for.
  it.each(named(cases))('%s, asked for the other way', (_id, recorded) => run(recorded, { stream: !recorded.stream }));

  const chat = cases.filter(({ api }) => api === 'openai-chat');
  it.each(named(chat))('%s, through openai-compatible', (_id, recorded) => run(recorded, { type: 'openai-compatible' }));
  it.each(named(chat.filter(({ id }) => id.startsWith('openrouter-'))))('%s, through openrouter', (_id, recorded) =>
    run(recorded, { type: 'openrouter' }),
  );
});

function named(some: readonly RecordedCase[]): (readonly [string, RecordedCase])[] {
  return some.map((one) => [one.id, one] as const);
}

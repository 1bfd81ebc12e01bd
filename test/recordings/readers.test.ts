import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRecordings, promptCases, startReplay, type RecordedCase, type Replay } from './support/recordings.ts';
import { question, runOnPort, settingsOf, toolsOf, type Outcome } from './support/runCase.ts';

/** The types of provider whose answers are read by a reader of ours, each for the cases of its wire. */
const readBySelf = new Set(['openai-compatible', 'openai', 'groq', 'deepseek', 'mistral', 'anthropic', 'google']);
const rows = promptCases().flatMap((one) => {
  const types = one.api === 'openai-chat' ? ['openai-compatible', one.provider] : one.api === 'openai-responses' ? [] : [one.provider];
  return types.filter((type) => readBySelf.has(type)).map((type) => [`${one.id}, through ${type}`, type, one] as const);
});
const ways = ['', '/split-7', '/one-write', '/fault/cut-after-2', '/fault/end-after-2', '/fault/garbage'];
/** Which of two errors is told depends on what has been read when the first is found. */
const waysOfErrors = ways.filter((way) => way !== '/fault/garbage');

describe.skipIf(!hasRecordings)('our readers of an answer, and the packages', () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await startReplay();
  });
  afterAll(() => replay.close());

  const run = async (
    recorded: RecordedCase,
    type: string,
    { way, stream, byPackage }: { way: string; stream: boolean; byPackage: boolean },
  ) => {
    const place = way.startsWith('/fault/') ? `${way}/${recorded.id}` : `/case/${recorded.id}${way}`;
    return runOnPort({
      settings: { ...settingsOf(recorded, `${replay.url}${place}`), type, api: type === 'openai' ? 'chat' : undefined },
      messages: question,
      tools: toolsOf(recorded),
      stream,
      // Options in the package's own words leave the answer to the package.
      options: byPackage ? { [type]: {} } : {},
    });
  };

  it.each(rows)('%s', async (_id, type, recorded) => {
    const fails = recorded.expected.finishReason === 'error' || recorded.id.includes('error');
    for (const way of recorded.stream ? (fails ? waysOfErrors : ways) : ['']) {
      for (const stream of [true, false]) {
        const [own, its] = await Promise.all([false, true].map(async (byPackage) => run(recorded, type, { way, stream, byPackage })));
        expect(comparable(own!), `${way} ${stream ? 'streamed' : 'whole'}`).toEqual(comparable(its!));
      }
    }
  });
});

/** Ids that are made up differ. So does what is told of tokens after the answer has failed. */
function comparable({ usage, ...rest }: Outcome): unknown {
  const outcome = rest.error === null ? { ...rest, usage } : rest;
  return JSON.parse(JSON.stringify(outcome, (key, value: unknown) => (key === 'id' || key === 'toolCallId' ? typeof value : value)));
}

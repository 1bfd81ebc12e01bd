import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRecordings, promptCases, startReplay, type RecordedCase, type Replay } from './support/recordings.ts';
import { question, runOnPort, settingsOf, toolsOf, type Outcome } from './support/runCase.ts';

const good = promptCases().filter(({ status, expected }) => status === 200 && expected.finishReason !== 'error');
const streamed = good.filter(({ stream }) => stream);
const whole = good.filter(({ stream }) => !stream);
/** One case of each wire is enough where the time of the fault counts. */
const ofEachWire = streamed.filter(
  (one, index) => streamed.findIndex(({ provider, api }) => provider === one.provider && api === one.api) === index,
);

describe.skipIf(!hasRecordings)('recorded responses behind faults', () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await startReplay();
  });
  afterAll(() => replay.close());

  const run = (recorded: RecordedCase, fault: string, idleTimeoutMs?: number): Promise<Outcome> =>
    runOnPort({
      settings: settingsOf(recorded, `${replay.url}/fault/${fault}/${recorded.id}`),
      messages: question,
      tools: toolsOf(recorded),
      stream: recorded.stream,
      ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    });

  const broken = ['cut-after-0', 'cut-after-1', 'cut-after-3', 'reset', 'html', 'html-502', 'empty', 'garbage', 'garbage-0', 'end-after-0'];
  it.each(product(streamed, broken))('%s, streamed: %s is a retryable failure', async (_id, fault, recorded) => {
    const outcome = await run(recorded, fault);
    expect(outcome.error).toMatchObject({ kind: 'providerError', retryable: true });
    expect((recorded.accept?.text ?? [recorded.expected.text]).some((text) => text?.startsWith(outcome.text))).toBe(true);
  });

  it.each(product(streamed, ['end-after-1', 'end-after-2']))('%s, streamed: %s is never a success', async (_id, fault, recorded) => {
    const outcome = await run(recorded, fault);
    if (!saidItsEnd(outcome, recorded)) expect(outcome.stopReason ?? 'interrupted').toBe('interrupted');
  });

  it.each(product(whole, ['cut-after-9', 'end-after-9', 'garbage', 'html', 'html-502', 'empty', 'reset']))(
    '%s, in one piece: %s is a retryable failure',
    async (_id, fault, recorded) => {
      expect((await run(recorded, fault)).error).toMatchObject({ kind: 'providerError', retryable: true });
    },
  );

  const refusals: readonly (readonly [string, { kind: string; retryable: boolean; retryAfterMs: number | undefined }])[] = [
    ['400', { kind: 'providerError', retryable: false, retryAfterMs: undefined }],
    ['401', { kind: 'providerAuth', retryable: false, retryAfterMs: undefined }],
    ['403', { kind: 'providerAuth', retryable: false, retryAfterMs: undefined }],
    ['404', { kind: 'providerError', retryable: false, retryAfterMs: undefined }],
    ['429', { kind: 'rateLimited', retryable: true, retryAfterMs: undefined }],
    ['429-ra-3', { kind: 'rateLimited', retryable: true, retryAfterMs: 3000 }],
    ['429-rams-250', { kind: 'rateLimited', retryable: true, retryAfterMs: 250 }],
    ['500', { kind: 'providerError', retryable: true, retryAfterMs: undefined }],
    ['503-ra-2', { kind: 'providerError', retryable: true, retryAfterMs: 2000 }],
    ['504', { kind: 'providerTimeout', retryable: true, retryAfterMs: undefined }],
    ['529', { kind: 'providerError', retryable: true, retryAfterMs: undefined }],
  ];
  it.each(
    product(
      good,
      refusals.map(([fault]) => fault),
    ),
  )('%s: status %s', async (_id, fault, recorded) => {
    const outcome = await run(recorded, fault);
    expect(outcome.error).toMatchObject(refusals.find(([name]) => name === fault)?.[1] ?? {});
    expect(outcome.error?.message).toContain('injected HTTP');
  });

  it.each(product(ofEachWire, ['stall-after-0', 'stall-after-2', 'slow-headers-60000']))(
    '%s: %s ends as providerTimeout',
    async (_id, fault, recorded) => {
      expect((await run(recorded, fault, 150)).error).toMatchObject({ kind: 'providerTimeout', retryable: true });
    },
  );

  it.each(product(ofEachWire, ['slow-headers-50', '503-then-ok-1']))(
    '%s: %s is waited for, or not retried here',
    async (_id, fault, recorded) => {
      const outcome = await run(recorded, fault);
      if (fault === '503-then-ok-1') expect(outcome.error).toMatchObject({ kind: 'providerError', retryable: true, retryAfterMs: 0 });
      else expect(outcome).toMatchObject({ error: null, text: recorded.expected.text });
    },
  );

  it.each(ofEachWire.map((one) => [one.id, one] as const))(
    '%s: an abort in the middle throws its reason and hangs up',
    async (id, recorded) => {
      const controller = new AbortController();
      const namespace = `abort-${id}`;
      const running = runOnPort({
        settings: settingsOf(recorded, `${replay.url}/ns/${namespace}/fault/stall-after-2/${id}`),
        messages: question,
        tools: toolsOf(recorded),
        stream: true,
        signal: controller.signal,
      });
      await until(() => replay.requests(namespace)[0]?.outcome === 'stalled');
      const reason = new Error('enough');
      controller.abort(reason);
      await expect(running).rejects.toBe(reason);
      await until(() => 'clientClosedAfterMs' in (replay.requests(namespace)[0] ?? {}));
    },
  );
});

/** The answers of one or two events (Gemini) have said how they end before the fault comes. */
function saidItsEnd(outcome: Outcome, { expected }: RecordedCase): boolean {
  return outcome.error === null && outcome.text === expected.text && outcome.stopReason !== 'interrupted';
}

function product(cases: readonly RecordedCase[], faults: readonly string[]): (readonly [string, string, RecordedCase])[] {
  return cases.flatMap((one) => faults.map((fault) => [one.id, fault, one] as const));
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not come');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

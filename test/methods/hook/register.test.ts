import { describe, expect, test } from 'vitest';
import { startSidecar } from '../../support/sidecar.ts';

const config = 'default_model: echo\n';
const dynamic = { capabilities: { hooks: { dynamicRegistration: {} } } };

describe('hook/register', () => {
  test('takes part in calls that start from then on; a prompt keeps the hooks that it started with', async () => {
    await using sidecar = await startSidecar({ config: `${config}test_models: true\n` });
    const { host } = sidecar;
    await sidecar.initialize(dynamic);
    const slow = host.request('llm/prompt', {
      model: 'test-slow',
      prompt: 'x',
      options: { chunks: 3, delay_ms: 100 },
      promptId: 'before',
      stream: {},
    });
    await host.next(({ method }) => method === 'llm/delta');
    expect(
      (
        await host.request('hook/register', {
          hooks: [
            { id: 'a', point: 'promptStart' },
            { id: 'a', point: 'promptEnd' },
          ],
        })
      ).result,
    ).toEqual({
      hooks: [
        { id: 'a', status: 'registered' },
        { id: 'a', status: 'registered' },
      ],
    });
    const after = host.request('llm/prompt', { prompt: 'hello', promptId: 'after' });
    const start = await host.next(({ method }) => method === 'hook/promptStart');
    expect(start.params).toEqual({ registrationId: 'a', promptId: 'after', step: 0, model: 'echo', options: {}, depth: 0 });
    host.answer(start.id, { action: 'continue', state: { n: 1 } });
    const end = await host.next(({ method }) => method === 'hook/promptEnd');
    expect(end.params).toEqual({
      registrationId: 'a',
      promptId: 'after',
      step: 0,
      model: 'echo',
      depth: 0,
      state: { n: 1 },
      outcome: 'ok',
      usage: { inputTokens: 1, outputTokens: expect.any(Number) },
      cost: { usd: null, source: 'unknown' },
      durationMs: expect.any(Number),
    });
    host.answer(end.id, null);
    expect((await after).result.stopReason).toBe('end');
    expect((await slow).result.stopReason).toBe('end');
    expect(host.messages.filter(({ method }) => method?.startsWith('hook/')).map(({ params }) => params.promptId)).toEqual([
      'after',
      'after',
    ]);
  });

  test.each([
    [
      'a point that does not exist',
      [{ id: 'a', point: 'promptMiddle' }],
      ['There is no point "promptMiddle"; there are filterModels, defaultModel, promptStart, promptEnd, groupExit.'],
    ],
    [
      'an id that its point has already',
      [
        { id: 'a', point: 'groupExit' },
        { id: 'a', point: 'groupExit' },
      ],
      [undefined, 'The id "a" is registered for groupExit already.'],
    ],
    [
      'a groupExit that is to fail',
      [{ id: 'a', point: 'groupExit', onFailure: 'fail' }],
      ['A failure at groupExit is told in the report of the group; it cannot fail it.'],
    ],
  ])('rejects %s, and registers the others', async (_, hooks, reasons) => {
    await using sidecar = await startSidecar({ config });
    const initialized = await sidecar.initialize({ ...dynamic, hooks });
    const expected = reasons.map((reason) =>
      reason === undefined ? { id: 'a', status: 'registered' } : { id: 'a', status: 'rejected', reason },
    );
    expect(initialized.result.hooks).toEqual(expected);
    const again = [...hooks, { id: 'b', point: 'defaultModel' }];
    expect((await sidecar.host.request('hook/register', { hooks: again })).result.hooks.at(-1)).toEqual({ id: 'b', status: 'registered' });
  });

  test('needs the capability', async () => {
    await using sidecar = await startSidecar({ config });
    await sidecar.initialize();
    const { error } = await sidecar.host.request('hook/register', { hooks: [{ id: 'a', point: 'groupExit' }] });
    expect(error).toMatchObject({ code: -31003, data: { kind: 'capabilityRequired', required: 'hooks.dynamicRegistration' } });
  });
});

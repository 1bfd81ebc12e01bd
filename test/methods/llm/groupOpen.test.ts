import { describe, expect, test } from 'vitest';
import { startReady } from '../../support/sidecar.ts';

const config = `default_model: echo
models: [echo]
purposes:
  p: {model: echo, options: {example_bool: true}}
`;

describe('llm/groupOpen', () => {
  test('6.1 the default rules choose the model, for all prompts of the group', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    const { result } = await host.request('llm/groupOpen', { groupId: 'g', purpose: 'p', actor: { id: 'ann' } });
    expect(result).toEqual({ groupId: 'g', model: 'echo' });
    const answer = (await host.request('llm/prompt', { groupId: 'g', prompt: 'x' })).result;
    expect(answer.model).toBe('echo');
    expect(JSON.parse(answer.text).options).toEqual({ example_bool: true });
  });

  test('6.1 without an id it gets one; without any default its prompts name their model', async () => {
    await using sidecar = await startReady();
    const { host } = sidecar;
    const { result } = await host.request('llm/groupOpen', {});
    expect(result).toEqual({ groupId: expect.stringMatching(/./), model: null });
    expect((await host.request('llm/prompt', { groupId: result.groupId, prompt: 'x' })).error.data.kind).toBe('noDefaultModel');
    expect((await host.request('llm/prompt', { groupId: result.groupId, prompt: 'x', model: 'echo' })).result.stopReason).toBe('end');
  });

  test.each([
    ['an unknown model', { model: 'nothing' }, 'modelNotFound'],
    ['a model that is not allowed', { model: 'gpt-4o' }, 'modelNotAllowed'],
  ])('2.4 %s is refused at once', async (_, params, kind) => {
    await using sidecar = await startReady({ config });
    expect((await sidecar.host.request('llm/groupOpen', params)).error.data.kind).toBe(kind);
  });

  test('an id that is in use is refused', async () => {
    await using sidecar = await startReady({ config });
    await sidecar.host.request('llm/groupOpen', { groupId: 'g' });
    expect((await sidecar.host.request('llm/groupOpen', { groupId: 'g' })).error).toMatchObject({
      data: { kind: 'invalidParams', issues: [{ path: 'groupId' }] },
    });
  });

  test.each([
    ['another purpose', { purpose: 'q' }, 'purpose'],
    ['another actor', { actor: { id: 'bob' } }, 'actor'],
  ])('a prompt with %s does not belong to it', async (_, params, path) => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g', purpose: 'p', actor: { id: 'ann' } });
    expect((await host.request('llm/prompt', { groupId: 'g', prompt: 'x', ...params })).error).toMatchObject({
      data: { kind: 'invalidParams', issues: [{ path }] },
    });
    expect((await host.request('llm/prompt', { groupId: 'g', prompt: 'x', purpose: 'p', actor: { id: 'ann' } })).result.stopReason).toBe(
      'end',
    );
  });

  test('a prompt of a group nobody opened', async () => {
    await using sidecar = await startReady({ config });
    expect((await sidecar.host.request('llm/prompt', { groupId: 'g', prompt: 'x' })).error).toMatchObject({
      code: -31030,
      data: { kind: 'groupNotFound' },
    });
  });

  test('6.5 it holds what it asks for, or is refused; what is left is free when it is closed', async () => {
    const money =
      'default_model: echo\nstorage: ./sidecar.db\nbudgets: [{ name: all, limit_usd: 1, per: total }]\nprices: { echo: { input: 1, output: 2 } }\n';
    await using sidecar = await startReady({ config: money });
    const { host } = sidecar;
    const reserved = async () => (await host.request('llm/explain', {})).result.budgets[0].reservedUsd;
    await host.request('llm/groupOpen', { groupId: 'g', reserveUsd: '0.75' });
    expect(await reserved()).toBe('0.75');
    const { error } = await host.request('llm/groupOpen', { groupId: 'h' });
    expect(error).toMatchObject({
      code: -31060,
      data: { kind: 'budgetExceeded', limit: { budget: 'all', reservedUsd: '0.75', requiredUsd: '0.5' } },
    });
    expect((await host.request('llm/prompt', { groupId: 'h', prompt: 'x' })).error.data.kind).toBe('groupNotFound');
    await host.request('llm/groupClose', { groupId: 'g' });
    expect(await reserved()).toBe('0');
    const wrong = (await host.request('llm/groupOpen', { reserveUsd: '-1' })).error.data;
    expect(wrong).toMatchObject({ kind: 'invalidParams', issues: [{ path: 'reserveUsd' }] });
  });
});

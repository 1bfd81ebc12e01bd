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
});

import { describe, expect, test } from 'vitest';
import { explainPrompt } from '../../src/engine/explainPrompt.ts';
import type { Hook, KeyRequest } from '../../src/engine/ports.ts';
import { composeHooks } from '../../src/hooks/composeHooks.ts';
import { createToolBox } from '../../src/tools/toolBox.ts';
import { requestOf, scriptedEngine } from './support/scriptedEngine.ts';

const { signal } = new AbortController();

describe('an explanation only looks', () => {
  test('no provider is called, no secret used, no line logged', async () => {
    const { engine, asked } = scriptedEngine([]);
    const requests: KeyRequest[] = [];
    const logged: string[] = [];
    const find = async (request: KeyRequest) => {
      requests.push(request);
      return { value: 'v-a-l-u-e', source: 'secret' as const, name: 'SCRIPTED', missed: ['TEAM'] };
    };
    const catalogue = engine.snapshot().catalogue;
    const needy = { ...catalogue.models[0]!, key: { name: 'scripted', secret: 'SCRIPTED', variables: [] } };
    const snapshot = { ...engine.snapshot(), catalogue: { ...catalogue, models: [needy], find: () => needy } };
    const told = await explainPrompt(
      { ...engine, snapshot: () => snapshot, keys: { find }, log: (line) => void logged.push(line) },
      requestOf({ prompt: 'x' }),
      signal,
    );
    expect(told).toMatchObject({ model: 'scripted', key: { needed: true, source: 'secret', name: 'SCRIPTED', missed: ['TEAM'] } });
    expect(JSON.stringify(told)).not.toContain('v-a-l-u-e');
    expect(requests.length).toBeGreaterThan(0);
    expect(requests.map(({ use }) => use).filter(Boolean)).toEqual([]);
    expect({ asked, logged }).toEqual({ asked: [], logged: [] });
  });

  test('no server of tools is started', async () => {
    const { engine } = scriptedEngine([]);
    const server = { name: 'files', tools: () => Promise.reject(new Error('started')) };
    const told = await explainPrompt(
      { ...engine, tools: createToolBox([], [server]) },
      requestOf({ prompt: 'x', toolNames: ['files/*', 'files/read'] }),
      signal,
    );
    expect(told).toMatchObject({ model: 'scripted', tools: ['files/*', 'files/read'] });
  });

  test('each filter is asked once, what it fails with is the explanation, and an abort is one', async () => {
    const { engine } = scriptedEngine([]);
    const times: string[] = [];
    const keep: Hook = {
      id: 'keep',
      registeredBy: 'a plugin',
      filterModels: async () => {
        times.push('keep');
        return null;
      },
    };
    const withHooks = (...hooks: Hook[]) => ({ ...engine, hooks: () => composeHooks(hooks, () => {}) });
    expect(await explainPrompt(withHooks(keep), requestOf({ prompt: 'x' }), signal)).toMatchObject({
      model: 'scripted',
      considered: [{ by: 'config' }, { by: 'keep', verdict: 'allowed' }],
      hooks: [{ id: 'keep', point: 'filterModels', registeredBy: 'a plugin' }],
    });
    expect(times).toEqual(['keep']);
    const fails: Hook = { ...keep, id: 'fails', filterModels: async () => Promise.reject(new Error('no idea')) };
    expect(await explainPrompt(withHooks(fails), requestOf({ prompt: 'x' }), signal)).toMatchObject({
      model: null,
      failure: { kind: 'hookFailed', message: expect.stringContaining('fails') },
    });
    const aborted = AbortSignal.abort();
    await expect(explainPrompt(withHooks(keep), requestOf({ prompt: 'x' }), aborted)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

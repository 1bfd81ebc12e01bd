import { describe, expect, test } from 'vitest';
import { startSidecar } from '../../support/sidecar.ts';

describe('llm/purposes', () => {
  test('of plugins, then of the host, then those that are only configured; the first of a name wins; with their configuration', async () => {
    const config = `
plugins: [./first.ts, ./second.ts]
purposes:
  chat: { model: echo, description: from the file }
  extract: { models: [echo, { model: claude-sonnet-4.6, key: K }], blocked_models: [gpt-5.4-pro], description: from the file }
  enrich: {}
`;
    const plugin = (name: string, purposes: object[]) =>
      `export default { name: '${name}', registerPurposes: async () => (${JSON.stringify(purposes)}) };`;
    await using sidecar = await startSidecar({
      config,
      llmFolder: {
        'first.ts': plugin('one', [{ name: 'chat', description: 'Talk' }, { name: 'sum' }]),
        'second.ts': plugin('two', [
          { name: 'chat', description: 'Too late' },
          { name: 'more', description: 'More' },
        ]),
      },
    });
    await sidecar.initialize({
      purposes: [{ name: 'sum', description: 'Too late' }, { name: 'extract' }, { name: 'own', description: 'Own' }, { name: 'own' }],
    });
    expect((await sidecar.host.request('llm/purposes', {})).result).toEqual({
      purposes: [
        { name: 'chat', description: 'Talk', registeredBy: 'one', model: 'echo' },
        { name: 'sum', registeredBy: 'one' },
        { name: 'more', description: 'More', registeredBy: 'two' },
        {
          name: 'extract',
          description: 'from the file',
          registeredBy: 'host',
          models: ['echo', 'claude-sonnet-4-6'],
          blockedModels: ['gpt-5.4-pro'],
        },
        { name: 'own', description: 'Own', registeredBy: 'host' },
        { name: 'enrich', registeredBy: 'config' },
      ],
    });
  });

  test('there are none', async () => {
    await using sidecar = await startSidecar();
    await sidecar.initialize();
    expect((await sidecar.host.request('llm/purposes', {})).result).toEqual({ purposes: [] });
  });
});

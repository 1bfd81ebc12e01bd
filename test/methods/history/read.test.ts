import { describe, expect, test } from 'vitest';
import { startReady } from '../../support/sidecar.ts';

const prompted = async (history: string) => {
  const sidecar = await startReady({ config: `storage: history.db\nhistory: ${history}\ndefault_model: echo\n` });
  await sidecar.host.request('llm/prompt', { promptId: 'p', system: 'Be brief.', prompt: '{"raw": "Alba"}' });
  const [entry] = (await sidecar.host.request('history/list', {})).result.responses;
  return { sidecar, entry };
};

describe('history/read', () => {
  test('has what was asked and answered', async () => {
    const { sidecar, entry } = await prompted('{ content: true }');
    await using _ = sidecar;
    const { result } = await sidecar.host.request('history/read', { responseId: entry.responseId });
    expect(result).toEqual({
      ...entry,
      system: 'Be brief.',
      messages: [{ role: 'user', content: '{"raw": "Alba"}' }],
      answer: [{ type: 'text', text: 'Alba' }],
    });
  });

  test('has none of it where it is not kept', async () => {
    const { sidecar, entry } = await prompted('true');
    await using _ = sidecar;
    expect((await sidecar.host.request('history/read', { responseId: entry.responseId })).result).toEqual(entry);
  });

  test('an unknown id is said to be that', async () => {
    const { sidecar } = await prompted('true');
    await using _ = sidecar;
    expect((await sidecar.host.request('history/read', { responseId: 'none' })).error).toMatchObject({
      code: -32602,
      message: 'There is no response "none": it was never sent, or is no longer kept. history/list says which there are.',
      data: { kind: 'invalidParams', issues: [{ path: 'responseId' }] },
    });
  });
});

import { describe, expect, test } from 'vitest';
import { pluginAccountants } from '../../src/hooks/accountants.ts';
import { BudgetExceeded, Refusal, type Accountant, type AccountantRequest, type Plugin } from '../../src/plugin/plugin.ts';

const request: AccountantRequest = {
  id: 'r',
  promptId: 'p',
  step: 0,
  model: 'm',
  purpose: 'bulk',
  actor: null,
  groupId: undefined,
  reserveUsd: '1',
};
const open: Accountant = { name: 'one', reserve: async () => 'state', settle() {}, release() {} };
const made = (plugin: Partial<Plugin>, ...accountants: readonly unknown[]) =>
  pluginAccountants({ name: 'p', ...plugin }, accountants as Accountant[], (name) => (name === 'alias' ? 'm' : name));
const throwing = (error: unknown): Accountant => ({ ...open, reserve: () => Promise.reject(error) });

describe('what is thrown before a response', () => {
  test.each<[string, Partial<Plugin>, unknown, object]>([
    [
      'a refusal',
      {},
      new Refusal('Not today.', { day: 1 }),
      { kind: 'hookRejected', message: 'Not today.', detail: { registrationId: 'p/one', data: { day: 1 } } },
    ],
    [
      'a budget that is exceeded',
      {},
      new BudgetExceeded('Spent.', { left: '0' }),
      { kind: 'budgetExceeded', message: 'Spent.', detail: { registrationId: 'p/one', data: { left: '0' } } },
    ],
    [
      'a defect',
      {},
      new TypeError('oh'),
      { kind: 'hookFailed', message: 'The accountant p/one failed: oh', detail: { registrationId: 'p/one' } },
    ],
    ['a refusal is not skipped', { onFailure: 'skip' }, new Refusal('No.'), { kind: 'hookRejected' }],
    ['nor is a budget', { onFailure: 'skip' }, new BudgetExceeded('No.'), { kind: 'budgetExceeded' }],
  ])('%s', async (_, plugin, error, expected) => {
    await expect(made(plugin, throwing(error))[0]!.reserve(request, undefined)).rejects.toMatchObject(expected);
  });

  test('what may be skipped is', async () => {
    const answer = await made({ onFailure: 'skip' }, throwing(new Error('away')))[0]!.reserve(request, undefined);
    expect(answer).toEqual({ skipped: 'The accountant p/one failed: away' });
  });

  test('one that agrees too late is released', async () => {
    const released = Promise.withResolvers<unknown>();
    const late = Promise.withResolvers<string>();
    const slow = { ...open, reserve: () => late.promise, release: released.resolve };
    await expect(made({ timeoutMs: 20 }, slow)[0]!.reserve(request, undefined)).rejects.toMatchObject({ kind: 'hookTimeout' });
    late.resolve('held');
    expect(await released.promise).toBe('held');
  });

  test('a cancelled one is not waited for', async () => {
    const controller = new AbortController();
    const slow = {
      ...open,
      reserve: (_: unknown, signal: AbortSignal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    };
    const reserving = made({}, slow)[0]!.reserve(request, controller.signal);
    controller.abort();
    await expect(reserving).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('applies where its plugin does', () => {
  const [accountant] = made({ match: { purposes: ['bulk'], models: ['alias'] } }, open);
  const about = [
    { purpose: 'bulk', model: 'm' },
    { purpose: 'bulk', model: 'n' },
    { purpose: undefined, model: 'm' },
  ];
  expect(about.map((one) => accountant!.appliesTo(one))).toEqual([true, false, false]);
});

test.each<[string, unknown[], RegExp]>([
  ['no name', [{ ...open, name: '' }], /needs a name/],
  ['no settle', [{ ...open, settle: undefined }], /one has no settle function/],
  ['two of one name', [open, open], /two accountants with the name one/],
])('%s', (_, accountants, message) => {
  expect(() => made({}, ...accountants)).toThrow(message);
});

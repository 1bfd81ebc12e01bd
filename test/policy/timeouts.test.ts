import { expect, test } from 'vitest';
import { deadlinesFor, noTimeouts, type TimeoutRules } from '../../src/policy/timeouts.ts';

const model = { id: 'gpt', provider: 'openai' };

test('without rules: the usual ones, named by the keys that would change them', () => {
  expect(deadlinesFor(noTimeouts, model, 'chat')).toEqual({
    connect: { ms: 10_000, key: 'timeouts.connect_ms' },
    firstToken: { ms: 600_000, key: 'timeouts.first_token_ms' },
    idle: { ms: 300_000, key: 'timeouts.idle_ms' },
    total: undefined,
  });
});

const rules: TimeoutRules = {
  all: { connectMs: 1, firstTokenMs: 2, idleMs: 3, totalMs: 4 },
  providers: new Map([['openai', { firstTokenMs: 20, idleMs: 30, totalMs: 40 }]]),
  models: new Map([['gpt', { idleMs: 300, totalMs: 400 }]]),
  purposes: new Map([['chat', { totalMs: 4000 }]]),
};

test.each([
  [
    'the most specific one holds, each by itself',
    model,
    'chat',
    [
      '1 timeouts.connect_ms',
      '20 providers.openai.timeouts.first_token_ms',
      '300 model_timeouts.gpt.idle_ms',
      '4000 purposes.chat.timeouts.total_ms',
    ],
  ],
  [
    'another purpose',
    model,
    'sql',
    [
      '1 timeouts.connect_ms',
      '20 providers.openai.timeouts.first_token_ms',
      '300 model_timeouts.gpt.idle_ms',
      '400 model_timeouts.gpt.total_ms',
    ],
  ],
  [
    'another model, no purpose',
    { id: 'o4', provider: 'openai' },
    undefined,
    [
      '1 timeouts.connect_ms',
      '20 providers.openai.timeouts.first_token_ms',
      '30 providers.openai.timeouts.idle_ms',
      '40 providers.openai.timeouts.total_ms',
    ],
  ],
  [
    'another provider',
    { id: 'c', provider: 'anthropic' },
    undefined,
    ['1 timeouts.connect_ms', '2 timeouts.first_token_ms', '3 timeouts.idle_ms', '4 timeouts.total_ms'],
  ],
])('%s', (_what, of, purpose, expected) => {
  const { connect, firstToken, idle, total } = deadlinesFor(rules, of, purpose);
  expect([connect, firstToken, idle, total].map((deadline) => `${deadline?.ms} ${deadline?.key}`)).toEqual(expected);
});

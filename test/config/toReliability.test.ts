import { expect, test } from 'vitest';
import { toReliability } from '../../src/config/toReliability.ts';
import type { Timeouts } from '../../src/policy/timeouts.ts';
import { names, parsed, show } from './support.ts';

const none = { connectMs: undefined, firstTokenMs: undefined, idleMs: undefined, totalMs: undefined };

test('nothing written: nothing but the usual number of failures', () => {
  expect(toReliability(parsed('{}'), names)).toEqual({
    reliability: {
      fallbacks: { models: new Map(), purposes: new Map() },
      timeouts: { all: none, providers: new Map(), models: new Map(), purposes: new Map() },
      limits: new Map(),
      restAfterFailures: 5,
    },
    problems: [],
  });
});

test('names of models become canonical', () => {
  const yaml = `
fallbacks: {claude-sonnet-4.6: [gpt-5.4, gpt-5.4-mini]}
purposes:
  chat: {fallbacks: [claude-sonnet-4.6], timeouts: {total_ms: 4}}
  sql: {fallbacks: []}
timeouts: {connect_ms: 1, first_token_ms: 2, idle_ms: 3, total_ms: 4}
providers: {openai: {timeouts: {idle_ms: 5}}}
model_timeouts: {claude-sonnet-4.6: {first_token_ms: 6}}
limits: {rest_after_failures: 0}
`;
  const { reliability, problems } = toReliability(parsed(yaml), names);
  expect(problems).toEqual([]);
  expect(reliability).toEqual({
    fallbacks: {
      models: new Map([['claude-sonnet-4-6', ['gpt-5.4', 'gpt-5.4-mini']]]),
      purposes: new Map([
        ['chat', ['claude-sonnet-4-6']],
        ['sql', []],
      ]),
    },
    timeouts: {
      all: { connectMs: 1, firstTokenMs: 2, idleMs: 3, totalMs: 4 },
      providers: new Map([['openai', { ...none, idleMs: 5 }]]),
      models: new Map([['claude-sonnet-4-6', { ...none, firstTokenMs: 6 }]]),
      purposes: new Map<string, Timeouts>([
        ['chat', { ...none, totalMs: 4 }],
        ['sql', none],
      ]),
    },
    limits: new Map(),
    restAfterFailures: 0,
  });
});

test('unknown models are told at their place', () => {
  const yaml = 'fallbacks: {nobody: [noone]}\nmodel_timeouts: {nothing: {}}\npurposes: {p: {fallbacks: [never]}}\n';
  expect(toReliability(parsed(yaml), names).problems.map(show)).toEqual([
    'warning unknownModel fallbacks.nobody 0:12-0:18',
    'warning unknownModel fallbacks.nobody[0] 0:21-0:26',
    'warning unknownModel purposes.p.fallbacks[0] 2:27-2:32',
    'warning unknownModel model_timeouts.nothing 1:17-1:24',
  ]);
});

test('limits of a provider, with what is usual', () => {
  const yaml =
    'providers: {openai: {limits: {max_concurrent: 2, tokens_per_minute: 1000}}, groq: {limits: {max_waiting: 0, max_wait_ms: 5}}}';
  const { reliability } = toReliability(parsed(yaml), names);
  expect(reliability.limits).toEqual(
    new Map([
      ['openai', { maxConcurrent: 2, requestsPerMinute: undefined, tokensPerMinute: 1000, maxWaiting: 100, maxWaitMs: 30_000 }],
      ['groq', { maxConcurrent: undefined, requestsPerMinute: undefined, tokensPerMinute: undefined, maxWaiting: 0, maxWaitMs: 5 }],
    ]),
  );
});

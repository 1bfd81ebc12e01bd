import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cleanEnvironment, folderWith } from '../cli/support/folder.ts';
import { enter, enterPage, openPageIn } from './support/openPage.ts';
import { openModelServer, spend } from './support/spend.ts';

const server = await openModelServer();
afterAll(() => server.close());

/** A prompt is 100 tokens in and 50 out: at these prices $0.0002 of small and $0.0012 of large. */
const config = (budgets: string, history = '{ content: true }') => `storage: ./sidecar.db
history: ${history}
test_models: true
default_model: small
providers:
  local:
    type: openai-compatible
    base_url: ${server.url}
    discover: false
    models:
      - { id: small, price: { input: 1, output: 2 } }
      - { id: large, price: { input: 6, output: 12 } }
      - { id: unpriced }
${budgets}`;

const budgets = `budgets:
  - { name: team, limit_usd: 1, per: month }
  - { name: everybody, limit_usd: 0.001, per: day, each: actor }
  - { name: chats, limit_usd: 5, per: total, match: { purpose: chat } }
  - { name: large for two, limit_usd: 5, per: day, match: { model: large, actor: [ann, zoe] }, each: [actor, model] }
unpriced: allow
`;

async function spent(before = config('')) {
  const folder = folderWith({ 'llm-sidecar.yaml': before });
  await spend(folder, cleanEnvironment(folder), [
    { model: 'large', actor: 'ann', purpose: 'chat', daysAgo: 2 },
    { model: 'small', actor: 'ann', prompt: 'the pelican' },
    { model: 'large', actor: 'bob', purpose: 'chat', prompt: 'the heron' },
    { model: 'large', actor: 'ann' },
    { model: 'unpriced' },
    { model: 'test-fails', actor: 'bob' },
  ]);
  return folder;
}

const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

test('what was spent is summed up as usage/summary does, with every day named', async () => {
  const { get } = await enter(await openPageIn(await spent()));
  const { json } = await get('/api/spending?by=model&days=3');
  expect(json.days).toEqual([day(2), day(1), day(0)]);
  expect(json.timeZone).toBe('UTC');
  expect(json.total).toMatchObject({ responses: 6, usd: '0.0038', unpriced: 2 });
  expect(json.rows.map(({ name, responses, usd, inputTokens }: any) => [name, responses, usd, inputTokens])).toEqual([
    ['large', 3, '0.0036', 300],
    ['small', 1, '0.0002', 100],
    ['test-fails', 1, null, 1],
    ['unpriced', 1, null, 100],
  ]);
  expect(json.cells.filter(({ name }: any) => name === 'large')).toEqual([
    { day: day(2), name: 'large', usd: '0.0012', responses: 1 },
    { day: day(0), name: 'large', usd: '0.0024', responses: 2 },
  ]);
  const byActor = (await get('/api/spending?by=actor&days=3')).json.rows;
  expect(byActor.map(({ name, usd }: any) => [name, usd])).toEqual([
    ['ann', '0.0026'],
    ['bob', '0.0012'],
    ['', null],
  ]);
  expect((await get('/api/spending?by=model&days=1')).json.total).toMatchObject({ responses: 5, usd: '0.0026' });
  expect((await get('/api/spending?by=nothing&days=1')).status).toBe(400);
});

test('budgets have what is left of them, those of each actor one for everybody who spent something', async () => {
  const folder = await spent();
  writeFileSync(join(folder, 'llm-sidecar.yaml'), config(budgets));
  const { get } = await enter(await openPageIn(folder));
  const { json } = await get('/api/budgets');
  const found = json.budgets.map(({ name, standings }: any) => [
    name,
    standings.map(({ of, spentUsd, leftUsd }: any) => [of, spentUsd, leftUsd]),
  ]);
  const inMonth = day(2).slice(0, 7) === day(0).slice(0, 7);
  expect(found).toEqual([
    ['team', [[{}, inMonth ? '0.0038' : '0.0026', inMonth ? '0.9962' : '0.9974']]],
    [
      'everybody',
      [
        [{ actor: 'ann' }, '0.0014', '-0.0004'],
        [{ actor: 'bob' }, '0.0012', '-0.0002'],
        [{ actor: null }, '0', '0.001'],
      ],
    ],
    ['chats', [[{}, '0.0024', '4.9976']]],
    ['large for two', [[{ actor: 'ann', model: 'large' }, '0.0012', '4.9988']]],
  ]);
  expect(json.budgets[1]).toMatchObject({
    per: 'day',
    each: ['actor'],
    limitUsd: '0.001',
    standings: [{ windowEnd: `${day(-1)}T00:00:00.000Z` }, {}, {}],
  });
  const { hash } = (await get('/api/config')).json;
  expect(hash).toMatch(/^[\da-f]{64}$/);
});

describe('prompts', () => {
  test('are filtered, searched and read', async () => {
    const { get } = await enter(await openPageIn(await spent()));
    const models = async (query: string) => (await get(`/api/prompts?${query}`)).json.responses.map(({ model }: any) => model);
    expect(await models('')).toEqual(['test-fails', 'unpriced', 'large', 'large', 'small', 'large']);
    expect(await models('model=local/small')).toEqual(['small']);
    expect(await models('actor=ann&purpose=chat')).toEqual(['large']);
    expect(await models('outcome=error')).toEqual(['test-fails']);
    expect(await models('query=heron')).toEqual(['large']);
    expect(await models('query=nobody')).toEqual([]);
    const [{ responseId }] = (await get('/api/prompts?query=heron')).json.responses;
    expect((await get(`/api/prompt?id=${responseId}`)).json).toMatchObject({
      model: 'large',
      messages: [{ role: 'user', content: expect.anything() }],
      answer: [{ type: 'text', text: 'Pelicans carry fish.' }],
    });
    expect(await models(`before=${responseId}`)).toEqual(['small', 'large']);
    expect((await get('/api/prompt?id=x')).status).toBe(400);
  });

  test('cannot be searched where they are not kept, and it is said what to do', async () => {
    const { get } = await enter(await openPageIn(await spent(config('', 'true'))));
    const { status, json } = await get('/api/prompts?query=heron');
    expect({ status, message: json.error.message }).toMatchObject({
      status: 400,
      message: expect.stringContaining('history: {content: true}'),
    });
  });
});

test('without a history it is said what to do', async () => {
  const { get } = await enterPage({});
  for (const path of ['/api/spending?by=model&days=7', '/api/prompts']) {
    const { status, json } = await get(path);
    expect({ status, error: json.error }).toEqual({
      status: 503,
      error: { kind: 'storageUnavailable', message: 'No usage is kept: set `history: true` in the configuration, and it is from then on.' },
    });
  }
  expect((await get('/api/budgets')).json).toEqual({ budgets: [] });
});

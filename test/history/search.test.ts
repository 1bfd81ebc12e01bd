import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { conditionsOfQuery, parseQuery } from '../../src/history/search.ts';
import { describeEngines } from '../support/engines.ts';
import { historyWith, insertRows } from './support/rows.ts';

describe('a query', () => {
  test.each([
    ['one two', ['one', 'two']],
    ['"one two" three', ['one two', 'three']],
    ['-one "two" -"three four"', ['-one', 'two', '-three four']],
    ['a-b -- - -- -', ['a-b', '--', '-', '--', '-']],
    ['"not closed', ['not closed']],
    ['say"what', ['say what']],
    ['"" -"" "', []],
    ['  \t\n ', []],
  ])('%j', (query, terms) => {
    expect(parseQuery(query).map(({ text, excluded }) => `${excluded ? '-' : ''}${text}`)).toEqual(terms);
  });

  test('that has no words has no conditions', () => expect(conditionsOfQuery([], 'sqlite')).toEqual([]));
});

describeEngines('the search', (engine) => {
  const contents = [
    ['pelican', 'Three names for a Pelican', 'Alba, Bruno, Coco'],
    ['walrus', "Don't wake the walrus", 'It is asleep: see https://example.com/walrus-facts?page=2'],
    ['code', 'What does foo_bar("x") AND NOT y* do', 'snake_case NEAR/3 {a: b} ^c +d'],
    ['german', 'Was kostet ein Brötchen?', 'Ungefähr 0,45 €. “Guten Appetit”'],
    ['tokyo', '東京の天気は？', '晴れです 🚀'],
    ['both', 'A pelican and a walrus', 'Fine — really'],
  ] as const;
  const rows = [
    ...contents.map(([id, asked, answered]) => ({ id, content: { asked, answered } })),
    { id: 'not-kept', started_at: '2025-01-01T00:00:00.000Z' },
  ];

  test('finds words, phrases, and what is without a word', async () => {
    const { history } = await historyWith(engine, rows);
    const find = async (query: string): Promise<string[]> => {
      const found = await history.list({ filter: {}, query, limit: 100, before: undefined });
      return found.map(({ responseId }) => responseId).toSorted();
    };
    const expected: Record<string, string[]> = {
      pelican: ['both', 'pelican'],
      PELICAN: ['both', 'pelican'],
      pelic: [],
      'walrus pelican': ['both'],
      'pelican -walrus': ['pelican'],
      '-pelican -walrus': ['code', 'german', 'tokyo'],
      '-"names for" pelican': ['both'],
      '"a walrus"': ['both'],
      '"walrus a"': [],
      "don't": ['walrus'],
      'example.com': ['walrus'],
      facts: ['walrus'],
      'walrus-facts': ['walrus'],
      foo_bar: ['code'],
      'bar AND': ['code'],
      'y*': ['code'],
      'search_text : pelican': [],
      'NEAR(pelican walrus)': [],
      Brötchen: ['german'],
      Appetit: ['german'],
      really: ['both'],
      '0,45': ['german'],
      '€': ['german'],
      東京: ['tokyo'],
      天気: ['tokyo'],
      '晴れ 東京': ['tokyo'],
      '-東京 pelican': ['both', 'pelican'],
      '🚀': ['tokyo'],
      '🚀 pelican': [],
      '': [...contents.map(([id]) => id), 'not-kept'].toSorted(),
    };
    const found = Object.fromEntries(await Promise.all(Object.keys(expected).map(async (query) => [query, await find(query)] as const)));
    expect(found).toEqual(expected);
  });

  test('obeys filter and pages, and shows the place', async () => {
    const { history } = await historyWith(
      engine,
      ['a', 'b', 'c'].map((id) => ({ id, model: id === 'b' ? 'm' : 'n', content: { asked: `pelican ${id}`, answered: 'yes' } })),
    );
    const ask = { filter: { model: 'n' }, query: 'pelican', limit: 1, before: undefined };
    const [first] = await history.list(ask);
    expect(first).toMatchObject({ responseId: 'c', excerpt: 'pelican c yes' });
    expect(await history.list({ ...ask, before: 'c' })).toMatchObject([{ responseId: 'a', excerpt: 'pelican a yes' }]);
    expect((await history.list({ ...ask, query: undefined }))[0]).not.toHaveProperty('excerpt');
  });

  test('takes whatever is written as a query', async () => {
    const { history } = await historyWith(engine, rows);
    const nasty = fc.array(
      fc.oneof(
        fc.constantFrom(
          '"',
          '""',
          '-',
          '*',
          '^',
          '(',
          ')',
          ':',
          'AND',
          'OR',
          'NOT',
          'NEAR(',
          '{',
          '}',
          "'",
          ';',
          '\\',
          '\u0000',
          '&',
          '|',
          '!',
          '<->',
          '%',
          '_',
          ' ',
        ),
        fc.string({ unit: 'binary', maxLength: 4 }),
        fc.string({ unit: 'grapheme', maxLength: 4 }),
        fc.constantFrom('\ud800', 'pelican', '東'),
      ),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(nasty, async (parts) => {
        const found = await history.list({ filter: {}, query: parts.join(''), limit: 10, before: undefined });
        for (const { excerpt = '' } of found) expect(excerpt.length).toBeLessThanOrEqual(200);
      }),
      { numRuns: 200 },
    );
  });

  test('takes contents of any size and kind', async () => {
    const { history, store } = await historyWith(engine, []);
    const words = Array.from({ length: 400_000 }, (_, index) => index.toString(36)).join(' ');
    await insertRows(store, [
      { id: 'many words', content: { asked: `first ${words}`, answered: 'ok' } },
      { id: 'one word', content: { asked: 'x'.repeat(3_000_000), answered: 'ok' } },
      {
        id: 'wide',
        content: {
          asked: Array.from({ length: 300_000 }, (_, index) => String.fromCodePoint(0x20000 + (index % 40_000))).join(' '),
          answered: 'ok',
        },
      },
      { id: 'no text', content: { asked: '', answered: '' } },
    ]);
    const found = await history.list({ filter: {}, query: 'first', limit: 10, before: undefined });
    expect(found.map(({ responseId }) => responseId)).toEqual(['many words']);
    expect(found[0]!.excerpt!.length).toBeLessThanOrEqual(200);
  });
});

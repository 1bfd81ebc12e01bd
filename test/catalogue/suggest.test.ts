import { expect, test } from 'vitest';
import { createCatalogue } from '../../src/catalogue/catalogue.ts';
import type { Model } from '../../src/catalogue/model.ts';
import { editDistance, suggest } from '../../src/catalogue/suggest.ts';

const features = { stream: true, tools: true, schema: true, reasoning: false, attachments: [] };
const model = (id: string, aliases: string[] = []): Model => ({
  id,
  provider: 'p',
  upstreamId: id,
  aliases,
  key: null,
  features,
  optionsSchema: {},
});
const catalogue = createCatalogue([
  model('gpt-4o', ['4o']),
  model('gpt-4o-mini'),
  model('claude-sonnet-4-6', ['claude-sonnet-4.6']),
  model('groq/llama-3.3-70b'),
  model('echo'),
]);

test.each([
  ['gpt-4o-mni', ['gpt-4o-mini']],
  ['GPT-4o', ['gpt-4o']],
  ['gtp-4o', ['gpt-4o']],
  ['claude-sonet-4.6', ['claude-sonnet-4-6']],
  ['claude-sonnet', ['claude-sonnet-4-6']],
  ['llama-3.3-70b', ['groq/llama-3.3-70b']],
  ['ehco', ['echo']],
  ['zzzzzz', []],
  ['x'.repeat(1_000_000), []],
])('near to %.20s', (name, names) => {
  expect(suggest(name, catalogue)).toEqual(expect.arrayContaining(names));
  expect(suggest(name, catalogue)[0]).toBe(names[0]);
});

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['abc', 'abc', 0],
  ['abc', 'acb', 1],
  ['kitten', 'sitting', 3],
  ['ca', 'abc', 3],
])('from %j to %j', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

import { expect, test } from 'vitest';
import { registeredSecrets } from '../../src/keys/registeredSecrets.ts';

const needs = [
  { name: 'openai', secret: 'OPENAI_API_KEY', variables: [], obtainUrl: 'https://example.com/openai' },
  { name: 'local', secret: 'LOCAL_KEY', variables: [] },
];

test('4.3 every provider, then what the configuration names, then what it registers', () => {
  expect(
    registeredSecrets({
      needs,
      named: ['TEAM_KEY'],
      registered: [{ name: 'EXTRA', description: 'for a plugin', obtainUrl: 'https://example.com' }],
    }),
  ).toEqual([
    { name: 'OPENAI_API_KEY', description: 'The API key of openai', obtainUrl: 'https://example.com/openai' },
    { name: 'LOCAL_KEY', description: 'The API key of local', obtainUrl: undefined },
    { name: 'TEAM_KEY', description: undefined, obtainUrl: undefined },
    { name: 'EXTRA', description: 'for a plugin', obtainUrl: 'https://example.com' },
  ]);
});

test('each once, in whatever writing, with what the configuration says of it', () => {
  expect(
    registeredSecrets({
      needs,
      named: ['openai-api-key', 'OPENAI_API_KEY', 'my key'],
      registered: [
        { name: 'openai_api_key', description: 'Of the whole team' },
        { name: 'MY_KEY', obtainUrl: 'https://example.com/mine' },
      ],
    }),
  ).toEqual([
    { name: 'OPENAI_API_KEY', description: 'Of the whole team', obtainUrl: 'https://example.com/openai' },
    { name: 'LOCAL_KEY', description: 'The API key of local', obtainUrl: undefined },
    { name: 'MY_KEY', description: undefined, obtainUrl: 'https://example.com/mine' },
  ]);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as client from '../../client/index.ts';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Record<string, unknown>;

test('what a program can import', () => {
  expect(manifest.exports).toEqual({
    '.': { types: './dist/types/client/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  });
  expect(manifest.bin).toEqual({ 'llm-sidecar': 'dist/main.js' });
  expect(manifest.engines).toEqual({ node: '>=24.15' });
});

test('the values of the client package', () => {
  expect(Object.keys(client).toSorted()).toEqual(['Conversation', 'Group', 'LLM', 'LLMError', 'Model', 'Response', 'SidecarExitedError']);
});

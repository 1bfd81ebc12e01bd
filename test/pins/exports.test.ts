import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as client from '../../client/index.ts';
import * as plugin from '../../src/plugin/plugin.ts';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Record<string, unknown>;

test('what a program can import', () => {
  expect(manifest.exports).toEqual({
    '.': { types: './dist/types/client/index.d.ts', default: './dist/index.js' },
    './plugin': { types: './dist/types/src/plugin/plugin.d.ts', default: './dist/plugin.js' },
    './protocol': { types: './dist/types/protocol/index.d.ts', default: './dist/protocol.js' },
    './openrpc.json': './docs/openrpc.json',
    './protocol.schema.json': './docs/protocol.schema.json',
    './config.schema.json': './docs/config.schema.json',
    './package.json': './package.json',
  });
  expect(manifest.bin).toEqual({ 'llm-sidecar': 'dist/main.js' });
  expect(manifest.engines).toEqual({ node: '>=24.15' });
});

test('the values of the client package', () => {
  expect(Object.keys(client).toSorted()).toEqual([
    'Chain',
    'Conversation',
    'Group',
    'LLM',
    'LLMError',
    'Model',
    'Refusal',
    'Response',
    'SidecarExitedError',
  ]);
});

test('the values of the package for plugins', () => {
  expect(Object.keys(plugin).toSorted()).toEqual(['BudgetExceeded', 'Refusal', 'defineAccountant', 'definePlugin']);
});

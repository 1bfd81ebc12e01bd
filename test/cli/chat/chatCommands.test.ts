import { describe, expect, test } from 'vitest';
import { completeChatLine, parseChatCommand } from '../../../src/cli/chat/chatCommands.ts';

test.each<[string, unknown]>([
  ['hello', undefined],
  ['a /model in it', undefined],
  ['//model is a word', undefined],
  ['/', undefined],
  ['/help', { name: 'help' }],
  [' /usage ', { name: 'usage' }],
  ['exit', { name: 'exit' }],
  ['/quit', { name: 'exit' }],
  ['/model', { name: 'model', value: '' }],
  ['/model gpt-5.4', { name: 'model', value: 'gpt-5.4' }],
  ['/system Be brief.\nAnd kind.', { name: 'system', value: 'Be brief.\nAnd kind.' }],
  ['/modle x', { name: 'unknown', word: '/modle' }],
])('%j', (text, command) => expect(parseChatCommand(text)).toEqual(command));

describe('Tab', () => {
  const names = { models: ['echo', 'echo-needs-key', 'gpt-5.4'], purposes: ['kind'] };
  test.each<[string, string[], string]>([
    ['hel', [], 'hel'],
    ['/m', ['/model '], '/m'],
    ['/model ec', ['echo', 'echo-needs-key'], 'ec'],
    ['/model ', ['echo', 'echo-needs-key', 'gpt-5.4'], ''],
    ['/purpose k', ['kind'], 'k'],
  ])('%j', (line, found, part) => expect(completeChatLine(line, names)).toEqual([found, part]));
});

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chatHistoryPath, createChatHistory } from '../../../src/cli/chat/chatHistory.ts';
import { folderWith } from '../support/folder.ts';

test('what was said comes back, the latest first, from a file of its user alone', async () => {
  const path = join(folderWith(), 'state', 'chat-history');
  const history = createChatHistory(path);
  expect(await history.load()).toEqual([]);
  await history.add('one\ntwo');
  await history.add('three');
  expect(await createChatHistory(path).load()).toEqual(['three', 'one\ntwo']);
  expect(readFileSync(path, 'utf8')).toBe('"one\\ntwo"\n"three"\n');
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('lines that are no messages are passed over, and of many the last thousand stay', async () => {
  const path = join(folderWith(), 'chat-history');
  writeFileSync(path, `not JSON\n7\n${Array.from({ length: 2100 }, (_, index) => `"${index}"\n`).join('')}`);
  const loaded = await createChatHistory(path).load();
  expect([loaded.length, loaded[0], loaded.at(-1)]).toEqual([1000, '2099', '1100']);
  expect(readFileSync(path, 'utf8').split('\n').length).toBe(1001);
});

test('a place that cannot be written, and none, are no failure', async () => {
  const path = join(folderWith({ file: '' }), 'file', 'chat-history');
  await createChatHistory(path).add('one');
  await createChatHistory(null).add('one');
  expect([await createChatHistory(path).load(), await createChatHistory(null).load()]).toEqual([[], []]);
});

test.each<[NodeJS.ProcessEnv, NodeJS.Platform, string | null]>([
  [{}, 'linux', '/home/ann/.local/state/llm-sidecar/chat-history'],
  [{ XDG_STATE_HOME: '/state' }, 'linux', '/state/llm-sidecar/chat-history'],
  [{}, 'darwin', '/home/ann/Library/Application Support/llm-sidecar/chat-history'],
  [{ LLM_SIDECAR_CHAT_HISTORY: '/elsewhere' }, 'linux', '/elsewhere'],
  [{ LLM_SIDECAR_CHAT_HISTORY: '' }, 'linux', null],
])('%j on %s', (env, platform, path) => expect(chatHistoryPath(env, '/home/ann', platform)).toBe(path));

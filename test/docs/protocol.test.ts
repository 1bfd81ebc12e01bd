import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { serverNotifications, serverRequests } from '../../protocol/messages.ts';
import { errorCodes, type ErrorKind } from '../../protocol/errors.ts';
import { Failure } from '../../src/lib/failure.ts';
import { notificationHandlers, requestHandlers } from '../../src/methods/handlers.ts';
import { toWireError } from '../../src/rpc/errors.ts';
import { play } from '../transcripts/play.ts';
import { readTranscript } from '../transcripts/readTranscript.ts';
import { createFolder } from './support/folder.ts';
import { pages, readPage } from './support/pages.ts';
import { tableAfter } from './support/tables.ts';

const { text } = readPage('docs/protocol.md');

describe('the conversations', () => {
  const conversations = pages.flatMap((page) =>
    page.blocks
      .filter(({ language }) => language === 'transcript')
      .map((block) => ({ conversation: block.text, name: `${page.path}:${block.line}` })),
  );

  test('are many', () => expect(conversations.length).toBeGreaterThan(7));

  test.concurrent.each(conversations)('$name', async ({ conversation, name }) => {
    const file = join(createFolder({}).path, `${name.replaceAll(/\W/g, '-')}.txt`);
    writeFileSync(file, whole(conversation));
    await play(readTranscript(pathToFileURL(file)), { framing: 'ndjson', chunking: 'whole' });
  });
});

test('the table of methods is what is handled and sent', () => {
  const rows = tableAfter(text, '## Methods').map(([method = '', from, kind]) => [method.replaceAll('`', ''), from, kind]);
  const ofHost = [
    ...Object.keys(requestHandlers).map((method) => [method, 'host', 'request']),
    ...[...Object.keys(notificationHandlers), '$/cancelRequest'].map((method) => [method, 'host', 'notification']),
  ];
  expect(sorted(rows.filter(([, from]) => from === 'host'))).toEqual(sorted(ofHost));
  const known = { request: Object.keys(serverRequests), notification: Object.keys(serverNotifications) };
  const unknown = rows.filter(([method, from, kind]) => from !== 'host' && !known[kind as keyof typeof known].includes(method!));
  expect(unknown).toEqual([]);
});

test('the table of errors is what crosses the wire', () => {
  const rows = tableAfter(text, '## Errors').map(([kind = '', code, again]) => [kind.replaceAll('`', ''), Number(code), again]);
  const expected = Object.entries(errorCodes).map(([kind, code]) => {
    const { data } = toWireError(new Failure(kind as ErrorKind, ''));
    return [kind, code, data?.retryable === true ? 'yes' : 'no'];
  });
  expect(rows).toEqual(expected);
});

/** With the handshake and the end that a page leaves out. */
function whole(conversation: string): string {
  const lines = conversation.trimEnd().split('\n');
  const first = lines.findIndex((line) => !line.startsWith('config |'));
  const handshake = [
    '-> {"id": "init", "method": "initialize", "params": {"protocolVersion": {"min": 1, "max": 1}, "clientInfo": {"name": "docs", "version": "1"}, "capabilities": {}}}',
    '<- {"id": "init", "result": {"protocolVersion": 1, "<more>": true}}',
  ];
  const end = ['-> {"id": "end", "method": "shutdown"}', '<- {"id": "end", "result": null}', '-> {"method": "exit"}', '-- exit 0'];
  const started = conversation.includes('"initialize"') ? lines : [...lines.slice(0, first), ...handshake, ...lines.slice(first)];
  return [...started, ...(conversation.includes('-- exit') ? [] : end), ''].join('\n');
}

function sorted(rows: readonly unknown[][]): string[] {
  return rows.map((row) => row.join(' ')).toSorted();
}

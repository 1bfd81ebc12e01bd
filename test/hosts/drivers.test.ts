import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { removeFolder } from '../support/removeFolder.ts';
import { build } from './build.ts';
import { cases, driverFiles, driverNames, drivers, playsOf } from './matrix.ts';
import { runDriver } from './runHost.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-drivers-'));
afterAll(() => removeFolder(folder));

const initialize = `-> {"id": 1, "method": "initialize", "params": {"protocolVersion": {"min": 1, "max": 1}, "clientInfo": {"name": "h", "version": "1"}, "capabilities": {}}}`;
const ready = `<- {"id": 1, "result": {"protocolVersion": 1, "capabilities": {"hooks": {"points": ["filterModels", "<more>"], "<more>": true}, "<more>": true}, "<more>": true}}`;
const prompt = `-> {"id": 2, "method": "llm/prompt", "params": {"promptId": "p", "model": "echo", "prompt": "{\\"raw\\": \\"é\\"}", "stream": {}}}`;
const wrong: [what: string, lines: string[], line: number][] = [
  ['another value', [initialize, ready.replace('1, "cap', '2, "cap')], 2],
  ['a member more', ['# A comment', initialize, '<- {"id": 1, "result": {"protocolVersion": 1}}'], 3],
  ['a member less', [initialize, ready.replace('"protocolVersion"', '"other"')], 2],
  ['an item more', [initialize, ready.replace(', "<more>"]', ']')], 2],
  ['a word that does not fit', [initialize, ready.replace('"protocolVersion": 1', '"protocolVersion": "<text>"')], 2],
  ['another text', [initialize, ready, prompt, '<~ p "e"'], 4],
  ['text that never comes', [initialize, ready, prompt, '<~ p "éx" …'], 4],
  [
    'another count of bytes',
    [
      initialize,
      ready,
      prompt,
      '<~ p "é"',
      '<- {"id": 2, "result": {"stream": {"lastSeq": "<seq of p>", "textBytes": "<seq of p>"}, "<more>": true}}',
    ],
    5,
  ],
  ['a message more', [initialize, '-- end of input', '-- exit 1'], 3],
  ['another exit code', [initialize, ready, '-- end of input', '-- exit 0'], 4],
];

test('every transcript is of one case', () => {
  const all: readonly string[] = Object.values(cases).flat();
  expect(all.toSorted()).toEqual(playsOf('Python').map(({ transcript }) => transcript));
});

describe.each(driverNames)('the driver in %s', (name) => {
  const command = build(drivers[name], driverFiles[name], folder);

  test.skipIf(command === null).concurrent.each(playsOf(name))(
    '$transcript, with headers: $contentLength',
    async (play) => {
      expect(await runDriver(command!, play)).toEqual({ code: 0, stdout: '', stderr: expect.any(String) });
    },
    60_000,
  );

  test.skipIf(command === null).concurrent.each(wrong)(
    'sees %s',
    async (what, lines, line) => {
      const path = join(folder, `${name} ${what}.txt`);
      writeFileSync(path, `${lines.join('\n')}\n`);
      const { code, stderr } = await runDriver(command!, { path, contentLength: false });
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`${path}:${line}: `) });
    },
    60_000,
  );
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { parseAliases, parseExtraOpenaiModels } from '../../src/config/parseLlmFiles.ts';
import { redactedConfig } from '../../src/config/redactedConfig.ts';
import { namedSecrets, toLimits, toProviderSettings, toRules } from '../../src/config/toSnapshot.ts';
import { names, parse } from './support.ts';

const texts = [
  '../../docs/llm-sidecar.yaml',
  'fixtures/sampleModels.yaml',
  'fixtures/sampleKeys.yaml',
  'fixtures/datasette.yaml',
  'fixtures/extraOpenaiModels.yaml',
].map((path) => readFileSync(new URL(path, import.meta.url), 'utf8'));

/** What breaks parsers, and what breaks those who use them. */
const bits = [
  '&a ',
  '*a',
  '<<: *a\n',
  '- ',
  ': ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '|\n',
  '\n',
  '\t',
  '  ',
  '#',
  '---\n',
  '%YAML 1.1\n',
  '!!binary ',
  '!!set ',
  '~',
  'null',
  '$env',
  '{$env: A}',
  '{$env: }',
  '__proto__: ',
  'constructor: ',
  'toString',
  '.nan',
  '-.inf',
  '1e999',
  '0x7f',
  'yes',
  '2026-11-01',
  '\u0000',
  '\ud800',
  '\u2028',
  '\ufeff',
  '💥',
];

const mutated = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(40), put: fc.constantFrom('', ...bits) }), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([text, edits]) =>
    edits.reduce(
      (now, { at, cut, put }) => now.slice(0, Math.floor(at * now.length)) + put + now.slice(Math.floor(at * now.length) + cut),
      text,
    ),
  );

function everything(text: string): void {
  const { config, problems } = parse(text, { A: 'value' });
  expect(config === null).toBe(problems.some(({ severity }) => severity === 'error'));
  for (const { range, message } of problems) {
    expect(message).not.toBe('');
    if (range)
      expect([range.start.line, range.start.character, range.end.line - range.start.line].every((number) => number >= 0)).toBe(true);
  }
  if (config) {
    toRules(config, names);
    toProviderSettings(config);
    namedSecrets(config);
    toLimits(config);
    JSON.stringify(redactedConfig(config));
  }
  const file = { path: 'f', text, trouble: null };
  for (const { severity } of [...parseAliases(file).problems, ...parseExtraOpenaiModels(file).problems]) expect(severity).toBe('warning');
}

test('no text whatever makes it throw, and it is refused exactly when there is an error', { timeout: 120_000 }, () => {
  fc.assert(fc.property(mutated, everything), { numRuns: 250 });
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), everything), { numRuns: 250 });
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...bits), { maxLength: 12 }).map((parts) => parts.join('')),
      everything,
    ),
    { numRuns: 400 },
  );
});

test('any JSON value', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => everything(JSON.stringify(value))),
    { numRuns: 500 },
  );
});

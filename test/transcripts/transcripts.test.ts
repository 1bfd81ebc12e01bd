import { globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Chunking, RawFraming } from '../support/rawFrames.ts';
import { misfit } from './fits.ts';
import { play } from './play.ts';
import { readTranscript } from './readTranscript.ts';

const framings: RawFraming[] = ['content-length', 'ndjson'];
const chunkings: [name: string, chunking: Chunking][] = [
  ['whole', 'whole'],
  ['byte by byte', 'one'],
  ['cut anywhere, seed 1', { random: 1 }],
  ['cut anywhere, seed 2', { random: 2 }],
];
const files = globSync('*.txt', { cwd: import.meta.dirname }).toSorted();

test('there are transcripts', () => expect(files.length).toBeGreaterThan(10));

describe.concurrent.each(files)('%s', (file) => {
  const transcript = readTranscript(new URL(file, import.meta.url));
  const ways = framings
    .filter((framing) => transcript.framing === undefined || transcript.framing === framing)
    .flatMap((framing) => chunkings.map(([name, chunking]) => ({ framing, name, chunking })));
  test.concurrent.each(ways)('$framing, $name', async ({ framing, chunking }) => play(transcript, { framing, chunking }));
});

describe('what a pattern does not fit', () => {
  test.each<[pattern: unknown, value: unknown, misfit: string | null]>([
    [{ a: 1 }, { a: 1 }, null],
    [{ a: 1 }, { a: 2 }, '.a is 2, not 1'],
    [{ a: 1 }, {}, '.a is missing'],
    [{ a: 1 }, { a: 1, b: 2 }, '.b is not expected: 2'],
    [{ a: 1, '<more>': true }, { a: 1, b: 2 }, null],
    [{ a: [1, '<more>'] }, { a: [1, 2] }, null],
    [{ a: [1] }, { a: [1, 2] }, '.a.1 is not expected: 2'],
    [{ a: [] }, { a: {} }, '.a is {}, not []'],
    [{ a: '<time>' }, { a: 'now' }, '.a is "now", not "<time>"'],
    [{ a: '<text of s>' }, { a: 'other' }, '.a is "other", not "<text of s>"'],
    [{ a: null }, { a: {} }, '.a is {}, not null'],
  ])('%j and %j: %s', (pattern, value, expected) => expect(misfit(pattern, value, { '<text of s>': 'text' })).toBe(expected));
});

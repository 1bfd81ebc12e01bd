import { expect, test } from 'vitest';
import { layOutHelp } from '../../src/cli/layOutHelp.ts';

const help = `Ask a model. The answer is written as it arrives.
It can be stopped.

Usage:
  llm-sidecar prompt [TEXT…] [options]

Options:
  -m, --model MODEL  the model; else the default
      --schema TEXT  the answer is JSON with these
                     fields

Examples:
  llm-sidecar prompt 'Three names for a pet pelican'
`;

test('where there is room it stays as it is', () => {
  expect(layOutHelp(help, 60)).toBe(help);
  expect(layOutHelp(help, Infinity)).toBe(help);
});

test('in fewer columns descriptions stay below one another', () => {
  expect(layOutHelp(help, 46).split('\n')).toEqual([
    'Ask a model. The answer is written as it',
    'arrives. It can be stopped.',
    '',
    'Usage:',
    '  llm-sidecar prompt [TEXT…] [options]',
    '',
    'Options:',
    '  -m, --model MODEL  the model; else the',
    '                     default',
    '      --schema TEXT  the answer is JSON with',
    '                     these fields',
    '',
    'Examples:',
    "  llm-sidecar prompt 'Three names for a pet pelican'",
    '',
  ]);
});

test('in very few they come below their option', () => {
  expect(layOutHelp(help, 30).split('\n').slice(8, 13)).toEqual([
    '  -m, --model MODEL',
    '      the model; else the',
    '      default',
    '      --schema TEXT',
    '      the answer is JSON with',
  ]);
});

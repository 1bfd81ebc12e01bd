import { expect, test } from 'vitest';
import { folderWith } from './support/folder.ts';
import { runCli, type RunOptions } from './support/runCli.ts';

const config = 'test_models: true\npurposes:\n  search: {model: echo-embed, options: {dimensions: 3}}\n';

const rows: [what: string, words: string[], input: string, ran: { code: number; out: string; err?: string }][] = [
  ['words are one text', ['hello', 'big', 'world', '--purpose', 'search'], '', { code: 0, out: '[5,3,5]\n', err: '' }],
  ['what is piped in is one text', ['--purpose', 'search'], 'one\ntwo\n', { code: 0, out: '[3,3,0]\n' }],
  ['each line is one, empty ones are not', ['--purpose', 'search', '--lines'], 'a b\r\n\ncc\n', { code: 0, out: '[1,1,0]\n[2,0,0]\n' }],
  ['an option', ['x', '-m', 'echo-embed', '-o', 'dimensions', '2'], '', { code: 0, out: '[1,0]\n' }],
  [
    'usage',
    ['x y', '--purpose', 'search', '--usage'],
    '',
    { code: 0, out: '[1,1,0]\n', err: 'echo-embed · 2 tokens in · 0 out · cost unknown\n' },
  ],
  [
    'nothing',
    ['-m', 'echo-embed'],
    ' \n',
    { code: 2, out: '', err: 'error: there is no text: give it as TEXT, or pipe it in\nllm-sidecar embed --help shows how it is used.\n' },
  ],
  [
    'a model that answers prompts',
    ['x', '-m', 'echo'],
    '',
    {
      code: 1,
      out: '',
      err: 'error (unsupportedFeature): echo does not make embeddings: name a model that does. llm/models marks those with features.embed.\n',
    },
  ],
];

function run(words: readonly string[], options: RunOptions = {}) {
  return runCli(['embed', ...words], { folder: folderWith({ 'llm-sidecar.yaml': config }), ...options });
}

test.each(rows)('%s', async (_, words, input, ran) => {
  expect(await run(words, { input })).toMatchObject(ran);
});

test('--json is the result of llm/embed, or its error', async () => {
  const { out } = await run(['x', '--purpose', 'search', '--json']);
  expect(JSON.parse(out)).toEqual({
    model: 'echo-embed',
    embeddings: [[1, 0, 0]],
    usage: { inputTokens: 1, outputTokens: 0 },
    cost: { usd: null, source: 'unknown' },
  });
  const failed = await run(['x', '-m', 'gone', '--json']);
  expect({ code: failed.code, ...JSON.parse(failed.out) }).toMatchObject({ code: 1, error: { data: { kind: 'modelNotFound' } } });
});

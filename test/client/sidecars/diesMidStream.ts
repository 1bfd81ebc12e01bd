import { delta, listenPolitely } from './speak.ts';

listenPolitely(({ method, params }) => {
  if (method !== 'llm/prompt') return;
  delta(params!.promptId, 0, [
    { type: 'part', step: 0, part: 0, kind: 'text' },
    { type: 'text', part: 0, text: 'Once upon' },
    { type: 'usage', step: 0, usage: { inputTokens: 5, outputTokens: 2 } },
  ]);
  process.stderr.write('first line\nout of memory\n', () => process.exit(7));
});

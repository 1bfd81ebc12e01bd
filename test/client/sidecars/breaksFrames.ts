import { delta, listenPolitely } from './speak.ts';

listenPolitely(({ method, params }) => {
  if (method !== 'llm/prompt') return;
  delta(params!.promptId, 0, [{ type: 'text', part: 0, text: 'fine so far' }]);
  process.stdout.write('DEBUG: a stray line\r\n\r\n');
});

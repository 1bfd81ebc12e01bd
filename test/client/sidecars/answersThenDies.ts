import { delta, listenPolitely, promptResult, send } from './speak.ts';

listenPolitely(({ id, method, params }) => {
  if (method !== 'llm/prompt') return;
  const { promptId } = params!;
  for (let seq = 0; seq < 500; seq += 1) {
    delta(promptId, seq, [{ type: 'text', part: 0, text: 'x' }]);
    send({ method: 'llm/modelsChanged', params: {} });
  }
  send({ id, result: promptResult(promptId, { stream: { lastSeq: 499, textBytes: 500 } }) });
  process.stdout.write('', () => process.exit(0));
});

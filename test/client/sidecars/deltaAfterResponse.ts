import { delta, listenPolitely, promptResult, send } from './speak.ts';

listenPolitely(({ id, method, params }) => {
  if (method !== 'llm/prompt') return;
  const { promptId } = params!;
  delta(promptId, 0, [{ type: 'text', part: 0, text: 'whole' }]);
  send({ id, result: promptResult(promptId, { text: 'whole', stream: { lastSeq: 0, textBytes: 5 } }) });
  delta(promptId, 1, [{ type: 'text', part: 0, text: ', and more' }]);
  send({ method: 'llm/modelsChanged', params: {} });
});

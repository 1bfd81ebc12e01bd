import { closeSync } from 'node:fs';
import { listenPolitely, promptResult, send } from './speak.ts';

setInterval(() => {}, 1_000_000);
listenPolitely(
  ({ id, method, params }) => {
    if (method !== 'llm/prompt') return;
    process.stdin.once('close', () => {
      // Node leaves the descriptor itself open.
      closeSync(0);
      send({ id, result: promptResult(params!.promptId, {}) });
    });
    process.stdin.destroy();
  },
  () => {},
);

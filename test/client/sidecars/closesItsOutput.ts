import { closeSync } from 'node:fs';
import { listenPolitely } from './speak.ts';

listenPolitely(({ method }) => {
  if (method === 'llm/prompt') closeSync(1);
});

import { spawn } from 'node:child_process';
import { listenPolitely } from './speak.ts';

// The child keeps all pipes open until its own parent's host is gone or a minute has passed.
listenPolitely(({ method }) => {
  if (method !== 'llm/prompt') return;
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], { stdio: 'inherit' });
  process.stderr.write(`child ${child.pid}\n`, () => process.exit(3));
});

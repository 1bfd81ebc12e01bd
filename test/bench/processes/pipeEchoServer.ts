import { once } from 'node:events';
import { createInterface } from 'node:readline';

// Answers `{ id, chunks }` by so many lines `{ id, text }`, 300 in a write, and one without text. For ways/pipeEcho.ts.
// Each answer waits for the pipe on its own.
process.stdout.setMaxListeners(0);
createInterface(process.stdin).on('line', (line) => {
  answer(JSON.parse(line) as { id: number; chunks: number }).catch(() => process.exit(1));
});

async function answer({ id, chunks }: { id: number; chunks: number }): Promise<void> {
  const text = `${JSON.stringify({ id, text: 'word ' })}\n`;
  for (let left = chunks; left > 0; left -= 300) {
    if (!process.stdout.write(text.repeat(Math.min(left, 300)))) await once(process.stdout, 'drain');
  }
  process.stdout.write(`${JSON.stringify({ id })}\n`);
}

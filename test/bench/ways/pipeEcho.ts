import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Way } from './way.ts';

/** A limit: lines of JSON over the pipes of a child that does nothing else. No upstream. */
export async function openWay(): Promise<Way> {
  const program = fileURLToPath(new URL('../processes/pipeEchoServer.ts', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const streams = new Map<number, { onText: (text: string) => void; end: () => void }>();
  let lastId = 0;
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const { id, text } = JSON.parse(line) as { id: number; text?: string };
      if (text === undefined) streams.get(id)?.end();
      else streams.get(id)?.onText(text);
    }
  });
  const ask = async (chunks: number, onText: (text: string) => void): Promise<void> => {
    const id = (lastId += 1);
    const { promise, resolve } = Promise.withResolvers<void>();
    streams.set(id, { onText, end: resolve });
    child.stdin.write(`${JSON.stringify({ id, chunks })}\n`);
    await promise;
    streams.delete(id);
  };
  return {
    stream: (prompt, onText) => ask(Number(prompt.split(' ')[0]), onText),
    async whole() {
      await ask(0, () => {});
      return '';
    },
    serverId: child.pid,
    async stop() {
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

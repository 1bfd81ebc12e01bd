import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { Way } from './way.ts';

/** A limit: vscode-jsonrpc as it comes, on both ends of the pipes of a child that does nothing else. No upstream. */
export async function openWay(): Promise<Way> {
  const program = fileURLToPath(new URL('../processes/stockJsonRpcServer.ts', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const streams = new Map<number, (text: string) => void>();
  let lastId = 0;
  connection.onNotification('delta', ({ id, text }: { id: number; text: string }) => streams.get(id)?.(text));
  connection.listen();
  const ask = async (chunks: number, onText: (text: string) => void): Promise<void> => {
    const id = (lastId += 1);
    streams.set(id, onText);
    await connection.sendRequest('ask', { id, chunks });
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
      connection.dispose();
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

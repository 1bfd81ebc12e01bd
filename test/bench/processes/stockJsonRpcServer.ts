import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

// Answers `ask` after so many notifications, each awaited. For ways/stockJsonRpc.ts.
const connection = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
connection.onRequest('ask', async ({ id, chunks }: { id: number; chunks: number }) => {
  for (let left = chunks; left > 0; left -= 1) await connection.sendNotification('delta', { id, text: 'word ' });
  return {};
});
connection.onClose(() => process.exit());
connection.listen();

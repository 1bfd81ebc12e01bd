import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const sidecar = spawn('llm-sidecar', { stdio: ['pipe', 'pipe', 'inherit'] });
const send = (id: number, method: string, params: object) =>
  sidecar.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);

send(1, 'initialize', { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 'stream.ts', version: '1' }, capabilities: {} });
send(2, 'llm/prompt', { promptId: 'p1', model: 'echo', prompt: 'Hello from TypeScript', stream: {} });
for await (const line of createInterface({ input: sidecar.stdout })) {
  const { id, params, result, error } = JSON.parse(line);
  for (const { type, text } of params?.deltas ?? []) if (type === 'text') process.stdout.write(text);
  if (id === 2) {
    console.log(`\n${error === undefined ? JSON.stringify(result.usage) : error.message}`);
    break;
  }
}
send(3, 'shutdown', {});
sidecar.stdin.end();

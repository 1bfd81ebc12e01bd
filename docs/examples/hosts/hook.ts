// A host that is asked before every prompt, and refuses what has a certain word in it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const sidecar = spawn('llm-sidecar', { stdio: ['pipe', 'pipe', 'inherit'] });
const send = (message: object) => sidecar.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
interface Message {
  id: number;
  method?: string;
  params: { prompt: string };
  result: { text: string };
  error: { message: string };
}
const waiting = new Map<number, (answer: Message) => void>();

function request(id: number, method: string, params: object): Promise<Message> {
  send({ id, method, params });
  return new Promise((resolve) => waiting.set(id, resolve));
}

function promptStart({ prompt }: { prompt: string }) {
  if (prompt.includes('swordfish')) return { action: 'reject', reason: 'That word stays here.' };
  return { action: 'continue' };
}

createInterface({ input: sidecar.stdout }).on('line', (line) => {
  const message = JSON.parse(line) as Message;
  if (message.method === 'hook/promptStart') send({ id: message.id, result: promptStart(message.params) });
  else if (message.method === undefined) waiting.get(message.id)?.(message);
});

await request(1, 'initialize', {
  protocolVersion: { min: 1, max: 1 },
  clientInfo: { name: 'hook.ts', version: '1' },
  capabilities: {},
  hooks: [{ id: 'policy', point: 'promptStart', include: ['content'] }],
});
const refused = await request(2, 'llm/prompt', { model: 'echo', prompt: 'My password is swordfish' });
console.log('refused:', refused.error.message);
const answered = await request(3, 'llm/prompt', { model: 'echo', prompt: '{"raw": "All is well."}' });
console.log('answered:', answered.result.text);
await request(4, 'shutdown', {});
sidecar.stdin.end();

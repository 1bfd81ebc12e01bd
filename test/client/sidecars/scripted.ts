/**
 * Does what the prompt says: a JSON array of steps, in order.
 * `{deltas, seq?}` · `{result}` · `{error}` · `{send}` any message · `{until: method}` waits for that message · `{stderr}` · `{exit}`
 * Answers `config/read` with what it has received, which `llm.request('config/read', {})` shows to the test.
 */
import { delta, listenPolitely, promptResult, send, type Received } from './speak.ts';

interface Step {
  deltas?: object[];
  seq?: number;
  result?: object;
  error?: object;
  send?: object;
  until?: string;
  stderr?: string;
  exit?: number;
}

const received: Received[] = [];
const waiting: { method: string; go: () => void }[] = [];

listenPolitely((message) => {
  received.push(message);
  for (const { go } of waiting.filter(({ method }) => method === message.method)) go();
  if (message.method === 'config/read') send({ id: message.id, result: { path: null, config: received, diagnostics: [] } });
  if (message.method === 'ping') send({ id: message.id, result: { pid: process.pid } });
  if (message.method === 'llm/models') send({ id: message.id, result: { models: [{ id: 'fake' }], default: 'fake' } });
  if (message.method === 'llm/groupOpen') send({ id: message.id, result: { groupId: 'g1', model: 'fake' } });
  if (message.method === 'llm/groupClose') closeGroup(message);
  if (message.method === 'llm/prompt') run(message).catch(crash);
});

async function run({ id, params }: Received): Promise<void> {
  const promptId = params!.promptId;
  let lastSeq = -1;
  const text: string[] = [];
  for (const step of JSON.parse(params!.prompt) as Step[]) {
    if (step.deltas !== undefined) delta(promptId, (lastSeq = step.seq ?? lastSeq + 1), step.deltas);
    for (const delta of (step.deltas ?? []) as ({ type: string; text: string } | null)[]) if (delta?.type === 'text') text.push(delta.text);
    if (step.until !== undefined) await next(step.until);
    if (step.stderr !== undefined) process.stderr.write(step.stderr);
    if (step.send !== undefined)
      send({ ...step.send, ...('params' in step.send && { params: { promptId, ...(step.send.params as object) } }) });
    if (step.error !== undefined) send({ id, error: step.error });
    if (step.result !== undefined) {
      const whole = text.join('');
      send({
        id,
        result: promptResult(promptId, {
          text: whole,
          stream: { lastSeq, textBytes: Buffer.byteLength(whole) },
          messages: history(params!, whole),
          ...step.result,
        }),
      });
    }
    if (step.exit !== undefined) process.stdout.write('', () => process.exit(step.exit));
  }
}

function history({ messages = [], prompt, system }: Record<string, any>, text: string): object[] {
  const before = system === undefined ? [] : [{ role: 'system', content: system }];
  return [...before, ...messages, { role: 'user', content: prompt }, { role: 'assistant', content: text }];
}

function closeGroup({ id, params }: Received): void {
  if (received.some((message) => message.params?.prompt === '[]'))
    send({ id, error: { code: -32603, message: 'close failed', data: { kind: 'internalError', retryable: false } } });
  else send({ id, result: { groupId: params!.groupId, responses: [], usage: {}, cost: {}, exitHooks: { ran: 0, failed: [] } } });
}

async function next(method: string): Promise<void> {
  await new Promise<void>((go) => waiting.push({ method, go }));
}

function crash(error: unknown): void {
  console.error(error);
  process.exit(70);
}

/**
 * Asks the host what the prompt says: a JSON array of `{method, params?, cancel?}`, all at once, and answers with the JSON of the
 * host's answers, in their order. `cancel` cancels that request. `{exit}` instead ends the
 * process, after the answers to the first `exitAfter` requests.
 */
import { greeting, listen, promptResult, send } from './speak.ts';

interface Asked {
  method?: string;
  params?: unknown;
  cancel?: true;
  exit?: number;
  exitAfter?: number;
}

const waiting = new Map<number, (answer: object) => void>();
let lastId = 0;

listen((message) => {
  const { id, method, params } = message;
  const { result, error } = message as { result?: unknown; error?: object };
  if (method === undefined) waiting.get(id!)?.(error === undefined ? { result } : { error });
  else if (method === 'initialize') send({ id, result: { ...greeting, hooks: registered(params!) } });
  else if (method === 'hook/register') send({ id, result: { hooks: registered(params!) } });
  else if (method === 'shutdown' || method === 'ping') send({ id, result: null });
  else if (method === 'llm/prompt') answerPrompt(id!, params!).catch(crash);
});

async function answerPrompt(id: number, { promptId, prompt }: Record<string, any>): Promise<void> {
  const all = JSON.parse(prompt.replaceAll('OWN', promptId)) as Asked[];
  const asked: Promise<object>[] = [];
  for (const one of all) {
    if (one.exitAfter !== undefined) await Promise.all(asked.slice(0, one.exitAfter));
    asked.push(ask(one));
  }
  const answers = await Promise.all(asked);
  const text = JSON.stringify(answers);
  send({ id, result: promptResult(promptId, { text }) });
}

async function ask({ exit, cancel, exitAfter: _, ...request }: Asked): Promise<object> {
  const id = (lastId += 1);
  const answer = new Promise<object>((resolve) => waiting.set(id, resolve));
  if (exit !== undefined) process.stdout.write('', () => process.exit(exit));
  else send({ id, ...request });
  if (cancel) send({ method: '$/cancelRequest', params: { id } });
  return answer;
}

function registered({ hooks = [] }: Record<string, any>): object[] {
  return (hooks as { id: string }[]).map(({ id }) => ({ id, status: 'registered' }));
}

function crash(error: unknown): void {
  console.error(error);
  process.exit(70);
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Way, WaySettings } from './way.ts';

/** The sidecar from a raw client of newline-delimited JSON. */
export async function openWay({ command, config }: WaySettings): Promise<Way> {
  const host = startLeanHost([...command, '--config', config], process.env);
  await host.initialize();
  return {
    stream: (prompt, onText) => host.stream({ model: 'm', prompt }, onText),
    whole: (prompt) => host.whole({ model: 'm', prompt }),
    serverId: host.child.pid,
    stop: host.stop,
  };
}

/** The fastest host there is in JavaScript: a line a message, and nothing kept. */
export interface LeanHost {
  readonly child: ChildProcess;
  request(method: string, params: object): Promise<{ result?: any; error?: any }>;
  /** Asks for the handshake, and fails if it is refused. */
  initialize(): Promise<void>;
  /** `onText` with each piece of text. */
  stream(params: object, onText?: (text: string) => void): Promise<void>;
  /** Unstreamed: the text. */
  whole(params: object): Promise<string>;
  stop(): Promise<void>;
}

type Message = {
  id?: number;
  method?: string;
  params?: { promptId: string; deltas: { type: string; text: string }[] };
  result?: any;
  error?: any;
};

export function startLeanHost(command: readonly string[], env: NodeJS.ProcessEnv): LeanHost {
  const child = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], env });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-1000)));
  const waiting = new Map<number, (message: Message) => void>();
  const streams = new Map<string, (text: string) => void>();
  let lastId = 0;
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const message = JSON.parse(line) as Message;
      if (message.method === 'llm/delta') {
        const onText = streams.get(message.params!.promptId);
        for (const delta of message.params!.deltas) if (delta.type === 'text') onText?.(delta.text);
      } else if (message.id !== undefined) {
        waiting.get(message.id)?.(message);
        waiting.delete(message.id);
      }
    }
  });
  child.once('close', (code, signal) => {
    const error = { message: `the sidecar ended with ${signal ?? code}` };
    for (const answer of waiting.values()) answer({ error });
  });
  const orFail = ({ result, error }: Message): any => {
    if (error !== undefined) throw new Error(`${error.message}\n${log}`);
    return result;
  };
  // A pipe that breaks shows as the end of the process.
  child.stdin.on('error', () => {});
  const request = (method: string, params: object): Promise<Message> => {
    const id = (lastId += 1);
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return answer;
  };
  return {
    child,
    request,
    async initialize() {
      const clientInfo = { name: 'bench', version: '0' };
      orFail(await request('initialize', { protocolVersion: { min: 1, max: 1 }, clientInfo, capabilities: {} }));
    },
    async stream(params, onText) {
      const promptId = `p${lastId + 1}`;
      if (onText !== undefined) streams.set(promptId, onText);
      const answer = await request('llm/prompt', { promptId, stream: {}, omitContent: true, ...params });
      streams.delete(promptId);
      orFail(answer);
    },
    whole: async (params) => orFail(await request('llm/prompt', params)).text,
    async stop() {
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    },
  };
}

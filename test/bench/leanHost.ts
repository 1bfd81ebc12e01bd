import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The fastest host there is in JavaScript: a line a message, and nothing kept. */
export interface LeanHost {
  readonly child: ChildProcess;
  request(method: string, params: object): Promise<{ result?: any; error?: any }>;
  /** `onFirst` at the first text. Resolves with the text. */
  stream(params: object, onFirst?: () => void): Promise<string>;
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
  const child = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'ignore'], env });
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
  const request = (method: string, params: object): Promise<Message> => {
    const id = (lastId += 1);
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return answer;
  };
  return {
    child,
    request,
    async stream(params, onFirst) {
      const promptId = `p${lastId + 1}`;
      const texts: string[] = [];
      streams.set(promptId, (text) => {
        if (texts.length === 0) onFirst?.();
        texts.push(text);
      });
      const { error } = await request('llm/prompt', { promptId, stream: {}, omitContent: true, ...params });
      streams.delete(promptId);
      if (error !== undefined) throw new Error(error.message);
      return texts.join('');
    },
    async stop() {
      child.stdin.end();
      await once(child, 'close');
    },
  };
}

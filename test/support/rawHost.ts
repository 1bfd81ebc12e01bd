import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Readable, Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { cutBytes, frame, readFrames, type Chunking, type RawFraming } from './rawFrames.ts';

/** What came over the wire; tests compare it with literals. */
export type RawMessage = { jsonrpc?: string; id?: any; method?: any; params?: any; result?: any; error?: any };

export interface RawHostOptions {
  /** Default: Node with src/main.ts of this repository. */
  readonly command?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Instead of a command: write to `input`, read from `output`. */
  readonly streams?: { readonly input: Writable; readonly output: Readable };
  /** Default content-length. */
  readonly framing?: RawFraming;
  /** How what is sent is cut. Default whole. */
  readonly chunking?: Chunking;
  /** How long `request` and `next` wait before they fail with all that was received. Default 30 000, less than a test has. */
  readonly timeoutMs?: number;
}

export interface RawHost {
  /** Everything received, in order. */
  readonly messages: readonly RawMessage[];
  /** Sends a request and gives its whole response message. Ids are 1, 2, 3 … unless given. */
  request(method: string, params?: unknown, id?: string | number): Promise<RawMessage>;
  notify(method: string, params?: unknown): void;
  /** Answers a request of the sidecar. */
  answer(id: string | number, result: unknown): void;
  /** Any JSON value, framed. */
  send(message: unknown): void;
  /** Any bytes. */
  sendRaw(bytes: Buffer | string): void;
  /** The first message that fits and that no `next` has given before, whether it has come or comes yet. */
  next(fits?: (message: RawMessage) => boolean): Promise<RawMessage>;
  /** Stop and go on reading what the sidecar writes. */
  pause(): void;
  resume(): void;
  /** Resolves when all that was sent is out. */
  sent(): Promise<void>;
  endInput(): void;
  /** Closes this end of the sidecar's output. */
  closeOutput(): void;
  kill(signal?: NodeJS.Signals): void;
  readonly stderr: string;
  readonly pid: number | undefined;
  /** For a command: when it has exited and its output is read. For streams: when `output` has ended; code is null. */
  readonly closed: Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
}

/** A host in the smallest sense: it frames, records and answers nothing by itself. */
export function startRawHost(options: RawHostOptions = {}): RawHost {
  const { framing = 'content-length', chunking = 'whole', timeoutMs = 30_000 } = options;
  const child = options.streams === undefined ? start(options) : null;
  const input = options.streams?.input ?? child!.stdin!;
  const output = options.streams?.output ?? child!.stdout!;
  const messages: RawMessage[] = [];
  const given = new Set<RawMessage>();
  let onMessage = Promise.withResolvers<void>();
  let stderr = '';
  let lastId = 0;
  let sending: Promise<unknown> = Promise.resolve();

  child?.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // The sidecar may be gone while something is still being sent to it; tests look at `closed`.
  input.on('error', () => {});
  const read = readFrames(framing, (message) => {
    messages.push(message as RawMessage);
    onMessage.resolve();
    onMessage = Promise.withResolvers();
  });
  output.on('data', read);
  const ended = child === null ? once(output, 'close') : once(child, 'close');
  const closed = ended.then(([code, signal]) => ({ code: (code as number) ?? null, signal: (signal as NodeJS.Signals) ?? null, stderr }));

  const next = async (fits: (message: RawMessage) => boolean = () => true): Promise<RawMessage> => {
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), timeoutMs);
    const gone = closed.then(() => 'gone' as const);
    let why: string | void = undefined;
    try {
      for (let index = 0; ; why = await Promise.race([onMessage.promise, gone, late.promise])) {
        for (; index < messages.length; index += 1) {
          const message = messages[index]!;
          if (given.has(message) || !fits(message)) continue;
          given.add(message);
          return message;
        }
        if (why === 'late') throw new Error(`No such message within ${timeoutMs} ms. ${received()}`);
        if (why === 'gone') throw new Error(`The sidecar is gone and sent no such message. ${received()}`);
      }
    } finally {
      clearTimeout(timer);
    }
  };
  const received = (): string => {
    const last = messages.slice(-20).map((message) => JSON.stringify(message).slice(0, 300));
    return `The last of ${messages.length} received:\n${last.join('\n')}\nstderr: ${stderr.slice(-2000)}`;
  };

  const sendRaw = (bytes: Buffer | string): void => {
    const chunks = cutBytes(Buffer.from(bytes), chunking);
    sending = sending.then(async () => {
      for (const [index, chunk] of chunks.entries()) {
        // Without a pause the pipe would put the chunks together again.
        if (index > 0) await setImmediate();
        if (!input.write(chunk) && !input.destroyed) await Promise.race([once(input, 'drain'), once(input, 'close')]);
      }
    });
    sending.catch(() => {});
  };
  const send = (message: unknown): void => sendRaw(frame(framing, message));

  return {
    messages,
    request(method, params, id = (lastId += 1)) {
      send({ jsonrpc: '2.0', id, method, params });
      return next((message) => message.method === undefined && message.id === id);
    },
    notify: (method, params) => send({ jsonrpc: '2.0', method, params }),
    answer: (id, result) => send({ jsonrpc: '2.0', id, result }),
    send,
    sendRaw,
    next,
    pause: () => void output.pause(),
    resume: () => void output.resume(),
    sent: async () => void (await sending),
    endInput: () => void sending.then(() => input.end()),
    closeOutput: () => void output.destroy(),
    kill: (signal) => void child?.kill(signal),
    get stderr() {
      return stderr;
    },
    pid: child?.pid,
    closed,
  };
}

function start({ command, env, cwd }: RawHostOptions): ChildProcess {
  const [file, ...args] = command ?? [process.execPath, fileURLToPath(new URL('../../src/main.ts', import.meta.url))];
  return spawn(file!, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env }, cwd });
}

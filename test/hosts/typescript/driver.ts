// Plays a transcript to a sidecar: node driver.ts [--content-length] COMMAND... TRANSCRIPT
//
// Node's own modules only, and what this project has for reading transcripts and comparing messages.
// ../../transcripts/README.md says how a transcript is written and what fits a pattern.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { misfit } from '../../transcripts/fits.ts';
import { readTranscript, type Step } from '../../transcripts/readTranscript.ts';

type Message = { method?: string; params?: any };

/** What the deltas of one prompt amount to. */
class Stream {
  parts = new Map<number, { kind: string; text: string }>();
  lastSeq = -1;

  take({ seq, deltas }: { seq: number; deltas: any[] }): void {
    if (seq !== this.lastSeq + 1) throw new Error(`seq is ${seq} after ${this.lastSeq}`);
    this.lastSeq = seq;
    for (const { type, part, kind, text, fromPart } of deltas) {
      if (type === 'part') this.parts.set(part, { kind, text: '' });
      else if (type === 'reset')
        for (const number of [...this.parts.keys()].filter((number) => number >= fromPart)) this.parts.delete(number);
      else if (type === 'text' || type === 'reasoning' || type === 'toolArgs') {
        if (!this.parts.has(part)) this.parts.set(part, { kind: type, text: '' });
        this.parts.get(part)!.text += text;
      }
    }
  }

  text(): string {
    const parts = [...this.parts].toSorted(([left], [right]) => left - right).map(([, part]) => part);
    return parts.map(({ kind, text }) => (kind === 'text' ? text : '')).join('');
  }
}

class Sidecar {
  process: ChildProcessByStdio<Writable, Readable, null>;
  messages: AsyncGenerator<Message, undefined>;
  waiting: Message | undefined;
  streams = new Map<string, Stream>();
  config: string;
  contentLength: boolean;

  constructor(command: string[], config: string, folder: string, contentLength: boolean) {
    const [file = '', ...args] = command;
    this.process = spawn(file, args, { cwd: folder, env: { ...process.env, LLM_USER_PATH: folder }, stdio: ['pipe', 'pipe', 'inherit'] });
    this.messages = readMessages(this.process.stdout, contentLength);
    this.config = config;
    this.contentLength = contentLength;
  }

  sendText(text: string): void {
    this.process.stdin.write(this.contentLength ? `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}` : `${text}\n`);
  }

  /** The next message, which stays the next one; undefined at the end. */
  async peek(): Promise<Message | undefined> {
    this.waiting ??= (await this.messages.next()).value;
    return this.waiting;
  }

  async next(): Promise<Message | undefined> {
    const message = await this.peek();
    this.waiting = undefined;
    return message;
  }

  known(): Record<string, unknown> {
    const words = [...this.streams].flatMap(([prompt, stream]): [string, unknown][] => [
      [`<text of ${prompt}>`, stream.text()],
      [`<bytes of ${prompt}>`, Buffer.byteLength(stream.text())],
      [`<seq of ${prompt}>`, stream.lastSeq],
    ]);
    return { '<path>': this.config, ...Object.fromEntries(words) };
  }

  async deltas({ promptId, text, whole }: Extract<Step, { kind: 'deltas' }>): Promise<void> {
    const stream = this.streams.get(promptId) ?? new Stream();
    this.streams.set(promptId, stream);
    const enough = (): boolean => !whole && stream.text().startsWith(String(text));
    while (!enough()) {
      const message = await this.peek();
      if (message?.method !== 'llm/delta' || message.params.promptId !== promptId) break;
      stream.take(message.params);
      await this.next();
    }
    if (!enough()) check(text, stream.text());
  }

  async exit(code: number): Promise<void> {
    check(undefined, await this.next());
    if (this.process.exitCode === null) await once(this.process, 'exit');
    check(code, this.process.exitCode);
  }
}

async function* readMessages(output: Readable, contentLength: boolean): AsyncGenerator<Message, undefined> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of output as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const header = contentLength ? /^Content-Length: (\d+)\r\n\r\n/.exec(bytes.toString('latin1', 0, 100)) : null;
      const from = header?.[0].length ?? 0;
      const to = contentLength ? from + Number(header?.[1] ?? Infinity) : bytes.indexOf('\n');
      if (to === -1 || to > bytes.length) break;
      const body = bytes.toString('utf8', from, to);
      bytes = bytes.subarray(contentLength ? to : to + 1);
      yield JSON.parse(body) as Message;
    }
  }
  return undefined;
}

function check(pattern: unknown, value: unknown, known?: Record<string, unknown>): void {
  const found = misfit(pattern, value, known);
  if (found !== null) throw new Error(found);
}

async function playStep(step: Step, sidecar: Sidecar): Promise<void> {
  switch (step.kind) {
    case 'send':
      return sidecar.sendText(JSON.stringify(step.message));
    case 'sendRaw':
      return sidecar.sendText(step.text.trimEnd());
    case 'receive':
      return check(step.message, await sidecar.next(), sidecar.known());
    case 'deltas':
      return sidecar.deltas(step);
    case 'save':
      return save(sidecar.config, step.yaml);
    case 'endInput':
      return void sidecar.process.stdin.end();
    case 'exit':
      return sidecar.exit(step.code);
  }
}

/** Other programs see the file as it was or as it is, never half of it. */
function save(config: string, yaml: string): void {
  writeFileSync(`${config}.new`, yaml);
  renameSync(`${config}.new`, config);
}

const contentLength = process.argv[2] === '--content-length';
const command = process.argv.slice(contentLength ? 3 : 2);
const file = command.pop()!;
const transcript = readTranscript(pathToFileURL(file));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'driver-')));
const config = join(folder, 'config.yaml');
if (transcript.config !== null) save(config, transcript.config);
const sidecar = new Sidecar([...command, ...(transcript.config === null ? [] : ['--config', config])], config, folder, contentLength);
const watch = setTimeout(() => sidecar.process.kill('SIGKILL'), 60_000);
try {
  for (const step of transcript.steps) {
    await playStep(step, sidecar).catch((error: unknown) => {
      throw new Error(`${file}:${step.line}: ${(error as Error).message}`, { cause: error });
    });
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  clearTimeout(watch);
  sidecar.process.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

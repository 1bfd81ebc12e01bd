import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseAst } from 'rolldown/parseAst';

/**
 * V8 keeps, for the next start, what it compiled when it read a file: of the functions those alone that stand in parentheses.
 * The others it compiles at every start anew, when they are first called, a seventh of the time to a first answer. So this starts
 * the sidecar in `dist`, as a host does, and puts parentheses around each function that it ran.
 */
export async function compileAhead(dist: string): Promise<void> {
  const ran = await functionsOfStart(resolve(dist));
  for (const name of readdirSync(dist)) {
    const functions = ran.get(pathToFileURL(resolve(dist, name)).href);
    if (functions === undefined) continue;
    const path = join(dist, name);
    writeFileSync(path, inParentheses(readFileSync(path, 'utf8'), functions));
  }
}

/** `<start>-<end>` of each function. */
type Ran = ReadonlySet<string>;

/** What V8 writes at the end of a process: https://chromedevtools.github.io/devtools-protocol/tot/Profiler. */
interface Coverage {
  result: { url: string; functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[] }[];
}

/** By the URL of their file, what runs in a start with a configuration, a prompt to `echo` and two to a provider. */
async function functionsOfStart(dist: string): Promise<ReadonlyMap<string, Ran>> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-start-'));
  const provider = createServer((request, response) => void request.resume().on('end', () => response.end(answerOfProvider(request.url))));
  try {
    await new Promise<void>((listening) => provider.listen(0, '127.0.0.1', listening));
    const { port } = provider.address() as AddressInfo;
    const at = (path: string): string =>
      `{ type: openai-compatible, base_url: "http://127.0.0.1:${port}/${path}", models: [{ id: ${path} }] }`;
    writeFileSync(join(folder, 'llm-sidecar.yaml'), `providers: { one: ${at('whole')}, two: ${at('stream')} }\n`);
    await playHost([join(dist, 'main.js')], folder);
    const [file = ''] = readdirSync(join(folder, 'coverage'));
    const { result } = JSON.parse(readFileSync(join(folder, 'coverage', file), 'utf8')) as Coverage;
    return new Map(
      result.map(({ url, functions }) => {
        const called = functions.flatMap(({ ranges: [range] }) => (range !== undefined && range.count > 0 ? [range] : []));
        return [url, new Set(called.map(({ startOffset, endOffset }) => `${startOffset}-${endOffset}`))];
      }),
    );
  } finally {
    provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function answerOfProvider(url = ''): string {
  const facts = { id: 'a', object: 'chat.completion', created: 1, model: 'm' };
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const choice = { index: 0, finish_reason: 'stop' };
  if (url.startsWith('/whole'))
    return JSON.stringify({ ...facts, usage, choices: [{ ...choice, message: { role: 'assistant', content: 'Hello' } }] });
  const chunks = [
    { ...facts, choices: [{ index: 0, delta: { content: 'Hello' } }] },
    { ...facts, usage, choices: [{ ...choice, delta: {} }] },
  ];
  return [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('');
}

/** Asks one thing after the other. Fails unless all are answered. */
async function playHost(command: readonly string[], folder: string): Promise<void> {
  const { PATH, SystemRoot } = process.env;
  const env = { PATH, SystemRoot, HOME: folder, USERPROFILE: folder, APPDATA: folder, NODE_V8_COVERAGE: join(folder, 'coverage') };
  const signal = AbortSignal.timeout(60_000);
  const child = spawn(process.execPath, command, { cwd: folder, env, signal, stdio: ['pipe', 'pipe', 'inherit'] });
  const versions = { min: 1, max: 1 };
  const requests = [
    { method: 'initialize', params: { protocolVersion: versions, clientInfo: { name: 'build', version: '0' }, capabilities: {} } },
    ...['echo', 'whole', 'stream'].map((model) => ({
      method: 'llm/prompt',
      params: { promptId: model, model, prompt: 'Hello', ...(model === 'whole' ? {} : { stream: {} }) },
    })),
    { method: 'shutdown' },
  ];
  const ended = new Promise<number | null>((end) => child.once('close', end));
  const ask = (id: number): void => {
    if (id < requests.length) child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...requests[id] })}\n`);
    else child.stdin.end('{"jsonrpc":"2.0","method":"exit"}\n');
  };
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { id, error } = JSON.parse(line) as { id?: number; error?: { message: string } };
      if (error !== undefined) throw new Error(`The sidecar that was built answers ${error.message}`);
      if (id !== undefined) ask(id + 1);
    }
  });
  ask(0);
  const code = await ended;
  if (code !== 0) throw new Error(`The sidecar that was built ends with ${code}.`);
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly id?: Node & { readonly name: string };
}

/**
 * A function that is declared becomes a variable at the beginning of its module, where a declaration takes effect. Methods stay as they
 * are: V8 counts them from their name on, the tree of the program from their parameters on.
 */
export function inParentheses(code: string, ran: Ran): string {
  const places: [at: number, text: string][] = [];
  const declared: (Node & { id: Node & { name: string } })[] = [];
  const visit = (node: Node, isTop: boolean): void => {
    if (ran.has(`${node.start}-${node.end}`)) {
      if (/^(ArrowFunction|Function)Expression$/.test(node.type)) places.push([node.start, '('], [node.end, ')']);
      else if (isTop && node.type === 'FunctionDeclaration' && node.id) declared.push({ ...node, id: node.id });
    }
    for (const child of childrenOf(node)) visit(child, node.type === 'Program');
  };
  visit(parseAst(code), false);
  const cut = (from: number, to: number): string => {
    const within = places
      .filter(([at, text]) => (text === '(' ? at >= from && at < to : at > from && at <= to))
      .toSorted(([a], [b]) => a - b);
    const starts = [from, ...within.map(([at]) => at)];
    return starts.map((start, index) => (within[index - 1]?.[1] ?? '') + code.slice(start, starts[index + 1] ?? to)).join('');
  };
  const variables = declared.map(({ start, end, id }) => `var ${id.name}=(${code.slice(start, id.start).trimEnd()}${cut(id.end, end)});`);
  const between = [...declared, { start: code.length }].map(({ start }, index) => cut(declared[index - 1]?.end ?? 0, start));
  const [shebang = ''] = /^#!.*\n/.exec(code) ?? [];
  return shebang + variables.join('') + between.join('').slice(shebang.length);
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value);
}

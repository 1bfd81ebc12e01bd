import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readTranscript } from '../transcripts/readTranscript.ts';
import type { Language } from './build.ts';

/** What a host does, and the transcripts that show it. Every transcript is in one of them. */
export const cases = {
  initialize: ['handshake', 'early'],
  models: ['models'],
  prompt: ['prompt'],
  'streamed prompt': ['stream'],
  cancel: ['cancel'],
  hook: ['hook'],
  'tool call': ['tool'],
  secret: ['secret'],
  group: ['group', 'groupCancel'],
  configuration: ['configBad', 'configChange'],
  errors: ['errors', 'wrongLines', 'wrongMessages'],
  shutdown: ['shutdown', 'shutdownAtOnce', 'exitAlone', 'endOfInput'],
} as const;
export type Case = keyof typeof cases;
export const caseNames = Object.keys(cases) as Case[];

/** Programs here that play transcripts. */
export const drivers = {
  TypeScript: 'typescript',
  Python: 'python',
  Go: 'go',
  Ruby: 'ruby',
  Rust: 'rust',
} as const satisfies Record<string, Language>;
export type DriverName = keyof typeof drivers;
export const driverNames = Object.keys(drivers) as DriverName[];

export const driverFiles: Readonly<Record<DriverName, string>> = {
  TypeScript: 'test/hosts/typescript/driver.ts',
  Python: 'test/hosts/python/driver.py',
  Go: 'test/hosts/go',
  Ruby: 'test/hosts/ruby/driver.rb',
  Rust: 'test/hosts/rust',
};

const ofClients: readonly Case[] = ['initialize', 'models', 'streamed prompt', 'cancel', 'hook', 'shutdown'];
/** Clients of JSON-RPC that others wrote, in hosts of docs/examples/hosts. */
export const clients = {
  'jsonrpc.el': { file: 'emacs.el', language: 'emacs', cases: ofClients },
  'vim.lsp.rpc': { file: 'neovim.lua', language: 'neovim', cases: ofClients },
  pylsp_jsonrpc: { file: 'pylsp_jsonrpc_host.py', language: 'pylsp', cases: ofClients },
} as const satisfies Record<string, { file: string; language: Language; cases: readonly Case[] }>;
export type ClientName = keyof typeof clients;
export const clientNames = Object.keys(clients) as ClientName[];

const folder = new URL('../transcripts/', import.meta.url);
const transcripts = globSync('*.txt', { cwd: fileURLToPath(folder) }).toSorted();

export interface Play {
  readonly transcript: string;
  readonly path: string;
  readonly contentLength: boolean;
}

/** Every transcript once, in one of the framings: in the other one for the next driver. */
export function playsOf(driver: DriverName): Play[] {
  return transcripts.map((transcript, index) => {
    const url = new URL(transcript, folder);
    const linesOnly = readTranscript(url).framing === 'ndjson';
    const contentLength = !linesOnly && (driverNames.indexOf(driver) + index) % 2 === 1;
    return { transcript: transcript.replace('.txt', ''), path: fileURLToPath(url), contentLength };
  });
}

/** As Markdown. `cell` says what stands for a case of a host. */
export function table(cell: (host: DriverName | ClientName, name: Case) => string): string {
  const hosts = [...driverNames, ...clientNames];
  const rows = [
    ['', ...hosts.map((host) => (host in clients ? `\`${host}\`` : host))],
    ...caseNames.map((name) => [name, ...hosts.map((host) => cell(host, name))]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => `| ${row.map((text, column) => text.padEnd(widths[column]!)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

/** What the tests hold: all transcripts for the drivers, their own cases for the clients. */
export function expectedTable(): string {
  return table((host, name) => (host in clients && !clients[host as ClientName].cases.includes(name) ? '' : '✓'));
}

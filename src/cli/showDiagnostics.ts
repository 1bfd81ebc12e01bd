import { readFile } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import type { Diagnostic } from '../../protocol/index.ts';
import type { Channel } from './terminal.ts';
import { characterWidth, textWidth } from './textWidth.ts';

export interface ShowOptions {
  readonly cwd: string;
  /** Puts `*` in the place of every character of a secret. */
  readonly mask: (text: string) => string;
}

/** Each problem as `file:line:column: error: message`, and below it the line with a mark under the place. */
export async function showDiagnostics(channel: Channel, diagnostics: readonly Diagnostic[], { cwd, mask }: ShowOptions): Promise<void> {
  const sources = new Map<string, string[]>();
  for (const { source } of diagnostics) if (!sources.has(source)) sources.set(source, (await readLines(source)).map(mask));
  for (const diagnostic of diagnostics)
    channel.write(
      `${[headline(channel, diagnostic, cwd), ...excerpt(channel, diagnostic, sources.get(diagnostic.source) ?? [])].join('\n')}\n\n`,
    );
}

/** A path as one would type it here. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}

function headline(channel: Channel, { severity, code, message, range, source }: Diagnostic, cwd: string): string {
  const place = range ? `:${range.start.line + 1}:${range.start.character + 1}` : '';
  const file = channel.paint('bold', channel.safe(`${shortPath(source, cwd)}${place}:`));
  const label = channel.paint(severity === 'error' ? 'red' : 'yellow', `${severity}:`);
  return `${file} ${label} ${channel.safe(message)} ${channel.paint('dim', `[${code}]`)}`;
}

function excerpt(channel: Channel, { severity, code, range }: Diagnostic, lines: readonly string[]): string[] {
  const line = lines[range?.start.line ?? -1];
  if (range === undefined || line === undefined || line.trim() === '') return [];
  const from = Math.min(range.start.character, line.length);
  const to = range.end.line === range.start.line ? Math.max(from, range.end.character) : line.length;
  const shown = code === 'keyNotName' ? line.slice(0, from) + '*'.repeat(to - from) + line.slice(to) : hideKeys(line);
  const view = window(shown, from, to);
  const before = view.text.slice(0, view.from).replaceAll(/[^\t]/gu, (character) => ' '.repeat(characterWidth(character)));
  const mark = '^'.repeat(Math.max(1, textWidth(view.text.slice(view.from, view.to).trimEnd())));
  const number = String(range.start.line + 1);
  const gutter = (label: string): string => channel.paint('dim', `${label.padStart(number.length + 2)} | `);
  return [gutter(number) + channel.safe(view.text), gutter('') + before + channel.paint(severity === 'error' ? 'red' : 'yellow', mark)];
}

/** Longer lines are cut to the part around the place. Characters. */
const longestLine = 160;

function window(line: string, from: number, to: number): { text: string; from: number; to: number } {
  if (line.length <= longestLine) return { text: line, from, to };
  const start = Math.max(0, Math.min(from - 40, line.length - longestLine));
  const text = line.slice(start, start + longestLine);
  const lead = start === 0 ? '' : '…';
  const end = start + longestLine < line.length ? '…' : '';
  return { text: lead + text + end, from: from - start + lead.length, to: Math.min(to - start, text.length) + lead.length };
}

/**
 * A key may stand in a line that is wrong for another reason, also in a file that cannot be read, of which nobody knows the
 * secrets. The length stays, for the mark below.
 */
function hideKeys(line: string): string {
  const hidden = (text: string): string => '*'.repeat(text.length);
  return line
    .replaceAll(/\b(sk[-_]|AIza|gsk_|xai-|AKIA|eyJ|(Bearer|Basic) )[\w.+/=-]{8,}/g, hidden)
    .replaceAll(/(?<=:\/\/)[^/?#\s]*(?=@)/g, hidden)
    .replace(namedSecret, (_, name: string, value: string) => name + hidden(value));
}

/** The name of a secret, and what stands after it but for `{$env: …}` and brackets that open. */
const namedSecret =
  /((?:auth\w*|api[-_]?key|[\w-]*token|[\w-]*secret|password|cookie|x-[\w-]*key|[A-Z_]+_KEY)["']?\s*[:=]\s*)([^\s[{].*)$/i;

async function readLines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split(/\r\n|\n|\r/);
}

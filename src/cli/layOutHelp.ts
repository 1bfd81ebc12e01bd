import { wrapText } from './markdown/wrapText.ts';
import { textWidth } from './textWidth.ts';

/** A page of help in so many columns: prose and descriptions are broken anew, commands are left whole so that they can be copied. */
export function layOutHelp(help: string, width: number): string {
  if (help.split('\n').every((line) => textWidth(line) <= width)) return help;
  return joinLines(help)
    .flatMap((line) => layOut(line, width))
    .join('\n');
}

/** After a term of so many columns, which may hold styles: the text, its further lines below its first. */
export function hang(term: string, size: number, { text, width }: { text: string; width: number }): string[] {
  if (width - size < leastText)
    return [term.trimEnd(), ...wrapText(text, width - narrowIndent).map((line) => ' '.repeat(narrowIndent) + line)];
  return wrapText(text, width - size).map((line, index) => (index === 0 ? term : ' '.repeat(size)) + line);
}

const leastText = 20;
const narrowIndent = 6;
const heading = /^[A-Z][\w ]*:$/;
const continuation = /^ {20,}\S/;

/** What was broken for wide terminals, as one line each. */
function joinLines(help: string): string[] {
  const lines: string[] = [];
  for (const line of help.split('\n')) {
    const before = lines.at(-1) ?? '';
    const isProse = isText(line) && isText(before);
    if (before !== '' && (isProse || continuation.test(line))) lines[lines.length - 1] = `${before} ${line.trim()}`;
    else lines.push(line);
  }
  return lines;
}

function isText(line: string): boolean {
  return /^\S/.test(line) && !heading.test(line);
}

function layOut(line: string, width: number): string[] {
  if (isText(line)) return wrapText(line, width);
  const [, term = '', text = ''] = /^( +\S+(?: \S+)* {2,})(\S.*)$/.exec(line) ?? [];
  return term === '' ? [line] : hang(term, textWidth(term), { text, width });
}

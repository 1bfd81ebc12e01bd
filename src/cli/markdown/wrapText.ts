import { characterWidth } from '../textWidth.ts';

const style = /^\u001b\[[\d;]*m/;

/** Breaks at spaces, and within a word that is wider than a line. Escape sequences of styles take no room. */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(1, width)));
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  let used = 0;
  const flush = (): void => {
    lines.push(current.trimEnd());
    current = '';
    used = 0;
  };
  for (const { text, size } of words(line)) {
    if (used > 0 && used + size > width) flush();
    if (used === 0 && /^ +$/.test(text) && lines.length > 0) continue;
    if (size <= width) {
      current += text;
      used += size;
      continue;
    }
    for (const character of pieces(text)) {
      const columns = style.test(character) ? 0 : characterWidth(character);
      if (used + columns > width) flush();
      current += character;
      used += columns;
    }
  }
  if (current !== '' || lines.length === 0) lines.push(current.trimEnd());
  return lines;
}

/** Words and the spaces between them. */
function words(line: string): { text: string; size: number }[] {
  return (line.match(/ +|[^ ]+/g) ?? []).map((text) => ({
    text,
    size: pieces(text).reduce((sum, piece) => sum + (style.test(piece) ? 0 : characterWidth(piece)), 0),
  }));
}

/** Characters, and sequences of styles as one. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (let rest = text; rest !== '';) {
    const piece = style.exec(rest)?.[0] ?? String.fromCodePoint(rest.codePointAt(0) ?? 0);
    found.push(piece);
    rest = rest.slice(piece.length);
  }
  return found;
}

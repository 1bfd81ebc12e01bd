import type { MarkedToken, Token, Tokens } from 'marked';
import { renderTable } from '../table.ts';
import type { Channel } from '../terminal.ts';
import { wrapText } from './wrapText.ts';

type Look = Pick<Channel, 'paint' | 'safe' | 'width'>;

/** Blocks of Markdown as lines for a terminal. What it does not know stays as it was written. */
export function renderBlocks(tokens: readonly Token[], look: Look): string[] {
  return tokens.flatMap((token) => renderBlock(token as MarkedToken, look));
}

function renderBlock(token: MarkedToken, look: Look): string[] {
  const { paint, safe, width } = look;
  switch (token.type) {
    case 'space':
      return token.raw.replaceAll(/[^\n]/g, '').length > 1 ? [''] : [];
    case 'heading':
      return wrapText(paint(token.depth === 1 ? ['bold', 'underline'] : 'bold', inline(token.tokens, look)), width);
    case 'paragraph':
      return wrapText(inline(token.tokens, look), width);
    case 'text':
      return wrapText(token.tokens === undefined ? safe(plain(token.text)) : inline(token.tokens, look), width);
    case 'code':
      return token.text.split('\n').map((line) => `  ${paint('cyan', safe(line))}`);
    case 'blockquote':
      return renderBlocks(token.tokens, { ...look, width: width - 2 }).map((line) => `${paint('dim', '│')} ${line}`);
    case 'list':
      return renderList(token, look);
    case 'table':
      return renderGrid(token, look);
    case 'hr':
      return [paint('dim', '─'.repeat(Math.min(width, 40)))];
    case 'def':
      return [];
    default:
      return wrapText(safe(token.raw.replace(/\n+$/, '')), width);
  }
}

function renderList({ items, ordered, start, loose }: Tokens.List, look: Look): string[] {
  const first = typeof start === 'number' ? start : 1;
  return items.flatMap((item, index) => {
    const box = item.task ? `[${item.checked ? 'x' : ' '}] ` : '';
    const mark = `${ordered ? `${first + index}.` : '•'} ${box}`;
    const own = item.tokens.filter(({ type }) => type !== 'checkbox');
    const lines = renderBlocks(own, { ...look, width: look.width - mark.length });
    const indent = ' '.repeat(mark.length);
    const body = (lines.length === 0 ? [''] : lines).map((line, at) => (at === 0 ? look.paint('dim', mark) + line : indent + line));
    return loose && index < items.length - 1 ? [...body, ''] : body;
  });
}

function renderGrid({ header, rows, align }: Tokens.Table, look: Look): string[] {
  const cells = rows.map((row) => row.map((cell) => look.safe(plain(cell.text))));
  const columns = header.map((cell, index) => ({
    title: look.safe(plain(cell.text)),
    ...(align[index] === 'right' ? { align: 'right' as const } : {}),
    leastWidth: 8,
    text: (row: readonly string[]) => row[index] ?? '',
  }));
  return renderTable(cells, columns, { width: look.width, paintTitle: (text) => look.paint('bold', text) });
}

function inline(tokens: readonly Token[], look: Look): string {
  return tokens.map((token) => inlineOf(token as MarkedToken, look)).join('');
}

function inlineOf(token: MarkedToken, look: Look): string {
  const { paint, safe } = look;
  switch (token.type) {
    case 'strong':
      return paint('bold', inline(token.tokens, look));
    case 'em':
      return paint('italic', inline(token.tokens, look));
    case 'del':
      return paint('strikethrough', inline(token.tokens, look));
    case 'codespan':
      return paint('cyan', safe(plain(token.text)));
    case 'link': {
      const text = inline(token.tokens, look);
      return text === safe(token.href) ? paint('underline', text) : `${paint('underline', text)} (${safe(token.href)})`;
    }
    case 'image':
      return `${safe(token.text)} (${safe(token.href)})`;
    case 'br':
      return '\n';
    case 'escape':
      return safe(token.text);
    case 'text':
      return token.tokens === undefined ? safe(plain(token.text)) : inline(token.tokens, look);
    default:
      return safe(token.raw);
  }
}

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

function plain(text: string): string {
  return text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);
}

import type { ContentPart, Message } from '../../protocol/index.ts';
import type { ResponseContent } from '../engine/moneyPorts.ts';
import type { Redact } from '../lib/redactFailure.ts';
import type { ContentRow } from '../store/tables.ts';

/** Of the text that is searched. Characters: with more, PostgreSQL's index can refuse the row. */
const longestSearchText = 200_000;

/** `redact` takes known keys out. */
export function contentRow(id: string, { system, messages, answer }: ResponseContent, redact: Redact): ContentRow {
  const texts = [system ?? '', ...messages.map(({ content }) => textOf(content)), textOf(answer)].filter((text) => text !== '');
  return {
    response_id: id,
    request: JSON.stringify(redact({ system, messages })),
    answer: JSON.stringify(redact(answer)),
    search_text: storable(redact(texts.join('\n'))).slice(0, longestSearchText),
  };
}

function textOf(content: Message['content'] | readonly ContentPart[]): string {
  if (typeof content === 'string') return content;
  return content
    .map((part) => {
      if (part.type === 'text' || part.type === 'reasoning') return part.text;
      if (part.type === 'toolCall') return `${part.name} ${JSON.stringify(part.args)}`;
      return part.type === 'toolResult' ? textOf(part.content) : '';
    })
    .filter((text) => text !== '')
    .join('\n');
}

/** PostgreSQL keeps no character 0. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

import type { ContentPart, HistoryReadResult, Message } from '../../protocol/index.ts';
import { localTime, took } from './logTable.ts';
import { dollars } from './summaries.ts';
import type { Channel } from './terminal.ts';

/** One response for a person: what is known of it, and what was asked and answered. */
export function showResponse(out: Channel, entry: HistoryReadResult): void {
  for (const [name, value] of facts(out, entry)) {
    if (value !== undefined) out.write(`${out.paint('dim', name.padEnd(14))}${out.safe(value)}\n`);
  }
  const { system, messages, answer } = entry;
  if (messages === undefined && answer === undefined) {
    out.write(out.paint('dim', '\nWhat was asked and answered is not kept: history: {content: true} in the configuration.\n'));
    return;
  }
  const turns: Message[] = [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    ...(messages ?? []),
    { role: 'assistant', content: answer ?? [] },
  ];
  for (const { role, content } of turns) {
    const text = typeof content === 'string' ? content : content.map(shown).join('\n');
    out.write(`\n${out.paint('bold', out.safe(role))}\n${indented(out.safe(text))}\n`);
  }
}

function facts(out: Channel, entry: HistoryReadResult): [name: string, value: string | undefined][] {
  const { outcome, stopReason, errorKind, usage, cost, durationMs, firstDeltaMs } = entry;
  const ended = [outcome, stopReason, errorKind].filter((some) => some !== undefined).join(', ');
  const first = firstDeltaMs === undefined ? '' : `, the first after ${took(firstDeltaMs)}`;
  return [
    ['response', entry.responseId],
    ['prompt', `${entry.promptId}, step ${entry.step}, attempt ${entry.attempt}`],
    ['kind', entry.kind],
    ['model', `${entry.model} of ${entry.provider}`],
    ['began', out.isTerminal ? localTime(entry.startedAt) : entry.startedAt],
    ['took', durationMs === undefined ? undefined : `${took(durationMs)}${first}`],
    ['outcome', ended],
    ['tokens', tokens(usage)],
    ['cost', cost.usd === null ? 'unknown' : `$${dollars(cost.usd)}, ${[cost.source, cost.priceId].filter(Boolean).join(', ')}`],
    ['purpose', entry.purpose],
    ['actor', entry.actor],
    ['group', entry.groupId],
    ['conversation', entry.conversationId],
    ['key', entry.keySource],
  ];
}

function tokens({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens }: HistoryReadResult['usage']): string {
  const details = [
    [cacheReadTokens, 'read from a cache'],
    [cacheWriteTokens, 'written to a cache'],
    [reasoningTokens, 'reasoning'],
  ] as const;
  return [
    `${inputTokens ?? '?'} in`,
    `${outputTokens ?? '?'} out`,
    ...details.flatMap(([count, what]) => (count ? [`${count} ${what}`] : [])),
  ].join(', ');
}

function shown(part: ContentPart): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'reasoning':
      return `(reasoning) ${part.text}`;
    case 'toolCall':
      return `(calls ${part.name}) ${JSON.stringify(part.args)}`;
    case 'toolResult':
      return `(result of ${part.name ?? part.toolCallId}) ${part.content.map(shown).join('\n')}`;
    case 'attachment':
      return `(attachment) ${[part.mediaType, part.path ?? part.url].filter(Boolean).join(' ')}`;
    default:
      return `(${part.type})`;
  }
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

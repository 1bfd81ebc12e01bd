import type { Cost, Usage } from '../../protocol/index.ts';
import type { PromptOutcome } from '../engine/promptRequest.ts';

/** `echo · 2 tokens in · 15 out · $0.0001 · 1.2 s`. */
export function usageLine({
  model,
  usage,
  cost,
  timing,
}: Pick<PromptOutcome, 'model' | 'usage' | 'cost'> & { timing?: PromptOutcome['timing'] }): string {
  return [model, ...tokens(usage), money(cost), ...(timing ? [seconds(timing)] : [])].filter((part) => part !== '').join(' · ');
}

/** At least two decimals: 0.075, 2.50, 10.00. */
export function dollars(usd: string | undefined): string {
  if (usd === undefined) return '-';
  const [whole = '', fraction = ''] = usd.split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}

const finest = 6;

/** For a column: rounded to as many decimals as any of them has, two to six. An unknown one is not nothing, and neither is a small one. */
export function roundedDollars(costs: readonly Cost[]): (cost: Cost) => string {
  const fractions = costs.map(({ usd }) => usd?.split('.')[1]?.length ?? 0);
  const decimals = Math.min(finest, Math.max(2, ...fractions));
  return ({ usd, source }) => {
    if (usd === null) return 'unknown';
    const rounded = Number(usd).toFixed(decimals);
    const text = Number(usd) > 0 && Number(rounded) === 0 ? `<$${(10 ** -decimals).toFixed(decimals)}` : `$${rounded}`;
    return source === 'estimated' ? `~${text}` : text;
  };
}

/** What to say about an answer that did not simply end; undefined: nothing. */
export function endNote({ stopReason, text, steps }: PromptOutcome): string | undefined {
  switch (stopReason) {
    case 'end':
      return undefined;
    case 'cancelled':
      return text === '' ? 'cancelled before anything had arrived' : 'cancelled: the answer is partial';
    case 'length':
      return 'the answer was cut off at the longest that was allowed (max_tokens)';
    case 'contentFilter':
      return "the provider's content filter ended the answer";
    case 'interrupted':
      return 'the answer is partial: the provider ended it without saying that it was complete';
    case 'toolCalls':
      return `the model asked for tools, which the command line does not run: ${toolNames(steps)}`;
    default:
      return `the answer ended with: ${stopReason}`;
  }
}

function toolNames(steps: PromptOutcome['steps']): string {
  const parts = steps.flatMap((step) => step.content ?? []);
  return parts.flatMap((part) => (part.type === 'toolCall' ? [part.name] : [])).join(', ');
}

function tokens({ inputTokens, outputTokens, reasoningTokens, cacheReadTokens }: Usage): string[] {
  const of = (count: number | undefined, what: string): string => (count === undefined || count === 0 ? '' : ` (${count} ${what})`);
  return [
    `${inputTokens ?? '?'} ${inputTokens === 1 ? 'token' : 'tokens'} in${of(cacheReadTokens, 'cached')}`,
    `${outputTokens ?? '?'} out${of(reasoningTokens, 'reasoning')}`,
  ];
}

function money({ usd, source }: Cost): string {
  if (usd === null) return 'cost unknown';
  return `${source === 'estimated' ? 'about ' : ''}$${usd}`;
}

function seconds({ durationMs, firstDeltaMs }: PromptOutcome['timing']): string {
  const text = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(milliseconds < 9950 ? 1 : 0)} s`;
  const first = firstDeltaMs === undefined || durationMs - firstDeltaMs < 1000 ? '' : `, the first after ${text(firstDeltaMs)}`;
  return `${text(durationMs)}${first}`;
}

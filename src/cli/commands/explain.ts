import type { ExplainResult } from '../../../protocol/index.ts';
import { explainPrompt } from '../../engine/explainPrompt.ts';
import { toPromptRequest } from '../../session/promptTranslation.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { took } from '../logTable.ts';
import { parseWords, takeOptionPairs } from '../parseWords.ts';
import { commonOptions } from '../promptOptions.ts';
import { dollars } from '../summaries.ts';
import type { Channel } from '../terminal.ts';
import { withCheckedApp } from '../withApp.ts';

const help = `What a prompt would do, without sending it: which model and why, the key, the price, the options.

Usage:
  llm-sidecar explain [options]

Options:
  -m, --model MODEL        the model; else the one of the purpose, else the default
  -s, --system TEXT        the system prompt
      --purpose NAME       why the model is called: the configuration decides by it
      --actor ID           on whose behalf
  -o, --option NAME VALUE  an option of the model; can be given again
      --json               as JSON, as the method llm/explain gives it
  -c, --config FILE        the configuration

Exit code: 0 the prompt can be sent, 1 it would fail.

Examples:
  llm-sidecar explain
  llm-sidecar explain --purpose chat --actor ann
  llm-sidecar explain -m claude-sonnet-4.6 -o temperature 0
`;

export const explain: Command = { help, run };

async function run(words: readonly string[], context: CommandContext): Promise<number> {
  const { rest, options } = takeOptionPairs(words);
  const { values, positionals } = parseWords(rest, { ...commonOptions, json: { type: 'boolean' } });
  if (positionals.length > 0) throw new UsageError('explain takes no TEXT: the decision does not depend on it');
  const { model, system, purpose } = values;
  const actor = values.actor === undefined ? undefined : { id: values.actor };
  const request = toPromptRequest({ model, system, purpose, actor, options, prompt: '' });
  return withCheckedApp(context, values.config, async ({ engine, redactor }) => {
    using waiting = context.terminal.progress.start('asking providers for their models');
    await engine.askServers();
    waiting.stop();
    const told = redactor.redactJson(await explainPrompt(engine, request, new AbortController().signal));
    const { out } = context.terminal;
    if (values.json) out.write(`${JSON.stringify(told, null, 2)}\n`);
    else show(out, told, purpose);
    return told.failure === undefined ? 0 : 1;
  });
}

function show(out: Channel, told: ExplainResult, purpose: string | undefined): void {
  const rows: [name: string, lines: string[]][] = [
    ['model', model(out, told, purpose)],
    ['rules', told.considered.map((verdict) => judged(out, verdict))],
    ['else', (told.fallbacks ?? []).map((fallback) => instead(out, fallback))],
    ['key', told.key === undefined ? [] : [key(told.key)]],
    ['price', told.price === undefined ? [] : [price(told.price)]],
    ['holds', told.reservation === undefined ? [] : [holds(told.reservation)]],
    ['budgets', (told.budgets ?? []).map((budget) => left(out, budget))],
    ['limits', told.limits === undefined ? [] : [limits(out, told.limits)]],
    ['options', Object.entries(told.options ?? {}).map(([name, value]) => `${name} ${JSON.stringify(value)}`)],
    ['system', (told.system ?? '').split('\n').filter((line, _, lines) => lines.length > 1 || line !== '')],
    ['tools', told.tools ?? []],
    ['hooks', told.hooks.map(({ id, point, registeredBy }) => `${id} (${point}, of ${registeredBy})`)],
  ];
  for (const [name, lines] of rows) {
    for (const [index, line] of lines.entries()) out.write(`${out.paint('dim', (index === 0 ? name : '').padEnd(9))}${line}\n`);
  }
  if (told.failure) out.write(`${out.paint('red', `it would fail (${told.failure.kind}):`)} ${out.safe(told.failure.message)}\n`);
}

function model(out: Channel, { wanted, reason }: ExplainResult, purpose: string | undefined): string[] {
  const why: Readonly<Record<string, string>> = {
    asked: 'as asked',
    hook: 'named by a hook',
    purpose: `the model of the purpose ${purpose}`,
    default: 'the default_model',
  };
  return wanted === undefined ? [] : [`${out.paint('bold', out.safe(wanted))}, ${out.safe(why[reason ?? ''] ?? reason ?? '')}`];
}

const verdicts: Readonly<Record<string, string>> = {
  allowed: 'allowed',
  notAllowed: 'not in the list',
  blocked: 'blocked',
  filtered: 'removed',
  noKey: 'has no key',
  notAsked: 'not asked',
};

function judged(out: Channel, { by, verdict, detail }: ExplainResult['considered'][number]): string {
  const text = verdicts[verdict] ?? verdict;
  const style = verdict === 'allowed' ? 'green' : verdict === 'notAsked' ? 'dim' : 'yellow';
  return `${out.safe(by)}: ${out.paint(style, text)}${detail === undefined ? '' : ` (${out.safe(detail)})`}`;
}

function instead(out: Channel, { model, failure }: NonNullable<ExplainResult['fallbacks']>[number]): string {
  return failure === undefined
    ? out.safe(model)
    : `${out.safe(model)}: ${out.paint('yellow', `passed over (${failure.kind})`)} ${out.safe(failure.message)}`;
}

const places: Readonly<Record<string, string>> = {
  purpose: 'the secret of the purpose',
  default: 'the secret of the default_model',
  secret: 'the secret',
  keysFile: 'keys.json, under',
  environment: 'the variable',
};

function key({ needed, source, name, missed }: NonNullable<ExplainResult['key']>): string {
  const unset = missed.length === 0 ? '' : `; not set: ${missed.join(', ')}`;
  if (!needed) return `none needed${unset}`;
  return source === undefined ? `none found${unset}` : `${places[source] ?? source} ${name}${unset}`;
}

function price(row: NonNullable<ExplainResult['price']> | null): string {
  if (row === null) return 'unknown';
  const parts = [`$${dollars(row.inputUsdPerMillion)} in`, `$${dollars(row.outputUsdPerMillion)} out`];
  if (row.cacheReadUsdPerMillion !== undefined) parts.push(`$${dollars(row.cacheReadUsdPerMillion)} cached`);
  return `${parts.join(', ')} for a million tokens (${row.priceId})`;
}

const amounts: Readonly<Record<string, string>> = {
  bound: 'the most that it can cost',
  purpose: 'reservation_usd of the purpose',
  model: 'reservations of the model',
  auto: 'auto_reservation_usd',
  unpriced: 'its price is unknown',
};

function holds({ usd, source }: NonNullable<ExplainResult['reservation']>): string {
  return `${usd === null ? 'nothing' : `$${usd}`}, ${amounts[source] ?? source}`;
}

function limits(out: Channel, { provider, ...most }: NonNullable<ExplainResult['limits']>): string {
  const parts = [
    [most.maxConcurrent, 'requests at a time'],
    [most.requestsPerMinute, 'requests a minute'],
    [most.tokensPerMinute, 'tokens a minute'],
  ] as const;
  const texts = parts.flatMap(([count, what]) => (count === undefined ? [] : [`${count} ${what}`]));
  return `${out.safe(provider)}: ${texts.join(', ')}; ${most.maxWaiting} more may wait, each ${took(most.maxWaitMs)}`;
}

function left(out: Channel, { name, leftUsd, limitUsd, per, hasRoom }: NonNullable<ExplainResult['budgets']>[number]): string {
  const period = per === 'total' ? 'in all' : `a ${per}`;
  return `${out.safe(name)}: ${out.paint(hasRoom ? 'green' : 'yellow', `$${leftUsd} left`)} of $${limitUsd} ${period}`;
}

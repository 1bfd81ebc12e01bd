import type { ModelInfo } from '../../../protocol/index.ts';
import { listModels } from '../../engine/listModels.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { parseWords } from '../parseWords.ts';
import { dollars } from '../summaries.ts';
import { renderTable, type Column } from '../table.ts';
import type { Channel } from '../terminal.ts';
import { withCheckedApp } from '../withApp.ts';

const help = `List the models that may be used, the default first.

Usage:
  llm-sidecar models [options]

Options:
      --all           also those that may not be used, each with the reason
      --purpose NAME  those for this purpose
      --actor ID      those for this actor
      --json          everything that is known of them, as JSON
  -c, --config FILE   the configuration

KEY says where the key was found, or which one is missing; IN and OUT are dollars for a million tokens.

Examples:
  llm-sidecar models
  llm-sidecar models --all --purpose chat
  llm-sidecar models --json | jq -r '.models[].id'
`;

export const models: Command = { help, run };

async function run(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, {
    all: { type: 'boolean' },
    purpose: { type: 'string' },
    actor: { type: 'string' },
    json: { type: 'boolean' },
    config: { type: 'string', short: 'c' },
  });
  if (positionals.length > 0) throw new UsageError(`models takes no ${positionals[0]}: it lists all that may be used`);
  const { out, err } = context.terminal;
  return withCheckedApp(context, values.config, async ({ engine }) => {
    const scope = { purpose: values.purpose, actor: values.actor === undefined ? null : { id: values.actor } };
    const { signal } = new AbortController();
    // The table says how many there are besides.
    const includeUnavailable = values.all === true || values.json !== true;
    using waiting = context.terminal.progress.start('asking providers for their models');
    const listed = await listModels(engine, { ...scope, includeUnavailable, depth: 0 }, signal);
    waiting.stop();
    if (values.json) {
      out.write(`${JSON.stringify(listed, null, 2)}\n`);
      return 0;
    }
    const shown = values.all ? listed.models : listed.models.filter((model) => model.available);
    showTable(out, shown);
    const hidden = listed.models.length - shown.length;
    if (hidden > 0 && err.isTerminal)
      err.write(err.paint('dim', `\n${hidden} more need a key or are not allowed: llm-sidecar models --all\n`));
    return 0;
  });
}

function showTable(out: Channel, models: readonly ModelInfo[]): void {
  const lines = renderTable(models, columns(out), { width: out.width, paintTitle: (text) => out.paint('dim', text) });
  out.write(`${lines.join('\n')}\n`);
}

function columns(out: Channel): Column<ModelInfo>[] {
  const dim = (text: string): string => out.paint('dim', text);
  return [
    {
      title: 'MODEL',
      text: ({ id }) => out.safe(id),
      leastWidth: 30,
      cuts: 'start',
      paint: (text, { available, isDefault }) => (available ? (isDefault ? out.paint('bold', text) : text) : dim(text)),
    },
    { title: 'PROVIDER', text: ({ provider }) => out.safe(provider), dropOrder: 2 },
    { title: 'KEY', text: key, paint: (text, { keySource }) => (keySource === undefined ? dim(text) : text), dropOrder: 1, leastWidth: 12 },
    { title: 'FEATURES', text: features, paint: dim, dropOrder: 4, leastWidth: 12 },
    {
      title: 'CONTEXT',
      text: ({ contextWindow }) => (contextWindow === undefined ? '-' : count(contextWindow)),
      align: 'right',
      dropOrder: 3,
    },
    { title: 'IN', text: ({ price }) => dollars(price?.inputUsdPerMillion), align: 'right' },
    { title: 'OUT', text: ({ price }) => dollars(price?.outputUsdPerMillion), align: 'right' },
    { title: '', text: remark, paint: (text, { available }) => out.paint(available ? 'green' : 'yellow', text) },
  ];
}

function key({ keySource, needsKey }: ModelInfo): string {
  return keySource ?? (needsKey === null ? '-' : `needs ${needsKey}`);
}

function features({ features: { tools, schema, reasoning, embed, attachments = [] } }: ModelInfo): string {
  const kinds = new Set(attachments.map((mediaType) => (mediaType === 'application/pdf' ? 'pdf' : (mediaType.split('/')[0] ?? ''))));
  return [tools && 'tools', schema && 'schema', reasoning && 'reasoning', embed && 'embed', ...kinds].filter(Boolean).join(',') || '-';
}

function remark({ isDefault, unavailableReason }: ModelInfo): string {
  return [
    ...(isDefault ? ['default'] : []),
    ...(unavailableReason === undefined ? [] : [reasons[unavailableReason] ?? unavailableReason]),
  ].join(', ');
}

const reasons: Readonly<Record<string, string>> = { noKey: 'no key', notAllowed: 'not allowed', filtered: 'removed by a hook' };

/** 128000 → 128K, 1050000 → 1.05M. */
function count(tokens: number): string {
  if (tokens < 1000) return String(tokens);
  const [size, unit] = tokens < 1_000_000 ? [1000, 'K'] : [1_000_000, 'M'];
  return `${Number((tokens / size).toFixed(unit === 'K' ? 0 : 2))}${unit}`;
}

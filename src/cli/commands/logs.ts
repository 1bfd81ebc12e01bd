import { setTimeout } from 'node:timers/promises';
import type { HistoryListResult } from '../../../protocol/index.ts';
import type { App } from '../../app.ts';
import { listHistory, readHistory, type ListRequest } from '../../engine/history.ts';
import { Failure } from '../../lib/failure.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { filterOptions, toFilter } from '../historyOptions.ts';
import { createFollower, type Follower } from '../followLogs.ts';
import { catchInterrupt } from '../interrupt.ts';
import { createLogTable } from '../logTable.ts';
import { parseWords } from '../parseWords.ts';
import { showResponse } from '../showResponse.ts';
import type { Terminal } from '../terminal.ts';
import { withCheckedApp } from '../withApp.ts';

const help = `The responses of models: when, for whom, what they used and cost, and how they ended.

Usage:
  llm-sidecar logs [options]            the last ones, the latest at the end
  llm-sidecar logs [show] ID [--json]   one of them, with what was asked and answered where that is kept

Options:
  -n, --count N            so many; 20 by default
  -q, --query WORDS        only those whose prompt or answer has all of these words; "a phrase" and -without
  -m, --model MODEL        only this model
      --purpose NAME       only this purpose; '' is none
      --actor ID           only this actor; '' is nobody
      --group ID           only this group; '' is none
      --errors             only those that failed
  -f, --follow             and then each one that ends, until Ctrl-C
      --json               as JSON, each on a line of its own
  -c, --config FILE        the configuration, which has to keep usage: history: true; for -q and the texts
                           history: {content: true}

ID is what the last column shows, or the beginning or end of a longer one.

Examples:
  llm-sidecar logs -n 5
  llm-sidecar logs --errors --model gpt-5.4-mini
  llm-sidecar logs -q 'pelican -walrus'
  llm-sidecar logs --follow --json
`;

export const logs: Command = { help, run };

type Entry = HistoryListResult['responses'][number];
type Asked = Pick<ListRequest, 'filter' | 'query'>;

const pageLength = 1000;
const pollMs = 1000;

async function run(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, {
    ...filterOptions,
    count: { type: 'string', short: 'n' },
    query: { type: 'string', short: 'q' },
    errors: { type: 'boolean' },
    follow: { type: 'boolean', short: 'f' },
  });
  const id = readId(positionals);
  const number = readCount(values.count ?? '20');
  const asked = { filter: { ...toFilter(values), ...(values.errors ? { outcome: 'error' } : {}) }, query: values.query };
  const { terminal } = context;
  return withCheckedApp(context, values.config, async (app) => {
    if (id !== undefined) {
      await showOne(app, terminal, id, values.json === true);
      return 0;
    }
    const write = values.json ? (entries: readonly Entry[]) => writeLines(terminal, entries) : createLogTable(terminal.out);
    const follower = values.follow ? await createFollower(app.engine, asked) : undefined;
    const latest = await latestOf(app, asked, number);
    write(latest.toReversed());
    follower?.know(latest);
    if (follower) return follow(terminal, follower, write);
    if (latest.length === 0) terminal.err.write('There are no such responses.\n');
    return 0;
  });
}

function readId(positionals: readonly string[]): string | undefined {
  const [first, ...more] = positionals;
  if (first === 'show' && more.length === 0) throw new UsageError('logs show takes an ID, of the last column of logs');
  const ids = first === 'show' ? more : positionals;
  if (ids.length > 1) throw new UsageError('logs takes one ID; words to search for are given with -q');
  return ids[0];
}

function readCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`-n takes a number such as 20; not ${text}`);
  return Number(text);
}

async function latestOf({ engine }: App, asked: Asked, count: number): Promise<Entry[]> {
  const found: Entry[] = [];
  while (found.length < count) {
    const limit = Math.min(pageLength, count - found.length);
    const page = await listHistory(engine, { ...asked, limit, before: found.at(-1)?.responseId });
    found.push(...page);
    if (page.length < limit) break;
  }
  return found;
}

function writeLines({ out }: Pick<Terminal, 'out'>, entries: readonly Entry[]): void {
  out.write(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}

/** Writes each response when it has ended. A storage that is away for a moment is waited for. */
async function follow(terminal: Terminal, follower: Follower, write: (entries: readonly Entry[]) => void): Promise<number> {
  using interrupt = catchInterrupt();
  const signal = AbortSignal.any([interrupt.signal, terminal.closed]);
  while (!signal.aborted) {
    await setTimeout(pollMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    try {
      write(await follower.ended());
    } catch (error) {
      if (!(error instanceof Failure && error.kind === 'storageUnavailable')) throw error;
      terminal.warn(error.message);
    }
  }
  // Ctrl-C is how it is meant to end.
  return !interrupt.signal.aborted || interrupt.exitCode === 130 ? 0 : interrupt.exitCode;
}

async function showOne({ engine }: App, { out }: Terminal, id: string, json: boolean): Promise<void> {
  const entry = await readHistory(engine, id).catch(async (error: unknown) => {
    const same = await idsLike({ engine }, id);
    if (same.length > 1) throw new UsageError(`several responses are called ${id}: ${same.slice(0, 5).join(', ')}`);
    if (same[0] === undefined) throw error;
    return readHistory(engine, same[0]);
  });
  if (json) out.write(`${JSON.stringify(entry, null, 2)}\n`);
  else showResponse(out, entry);
}

/** Among the latest ones. */
async function idsLike({ engine }: Pick<App, 'engine'>, part: string): Promise<string[]> {
  const latest = await listHistory(engine, { limit: pageLength });
  return latest.map(({ responseId }) => responseId).filter((id) => id.startsWith(part) || id.endsWith(part));
}

import { applyDelta, createFold, foldedText } from '../../../protocol/foldDeltas.ts';
import type { RawHost, RawMessage } from '../../support/rawHost.ts';
import { startSidecar, type Sidecar } from '../../support/sidecar.ts';
import { faultDialects, type DialectName, type FaultDialect } from './faultDialects.ts';
import { beginnings, faults, maxResponseBytes, pieces, type Fault } from './faults.ts';
import { deadUrl, startFaultyUpstream, type FaultyUpstream, type Reply } from './faultyUpstream.ts';

/** How a prompt is asked. `retried`: by a sidecar that asks once more, and the upstream answers well when it does. */
interface Way {
  /** For people. */
  readonly says: string;
  readonly streamed?: boolean;
  /** A tool is called first: the fault is in the second answer. */
  readonly chain?: boolean;
  readonly group?: boolean;
  readonly cancelled?: boolean;
  readonly retried?: boolean;
  /** The first answer has this header. */
  readonly retryAfter?: string;
}

export const modes = {
  streamed: { says: 'streamed', streamed: true },
  whole: { says: 'not streamed' },
  chain: { says: 'after a tool call, streamed', streamed: true, chain: true },
  'chain-whole': { says: 'after a tool call, not streamed', chain: true },
  group: { says: 'in a group, not streamed', group: true },
  'group-streamed': { says: 'in a group, streamed', streamed: true, group: true },
  cancelled: { says: 'streamed, and cancelled meanwhile', streamed: true, cancelled: true },
  retry: { says: 'with one retry, streamed', streamed: true, retried: true },
  'retry-whole': { says: 'with one retry, not streamed', retried: true },
  'retry-after': { says: 'with one retry and `Retry-After: 1`, streamed', streamed: true, retried: true, retryAfter: '1' },
  'retry-after-whole': { says: 'with one retry and `Retry-After: 1`, not streamed', retried: true, retryAfter: '1' },
  'retry-late': { says: 'with one retry and `Retry-After: 60`', streamed: true, retried: true, retryAfter: '60' },
} satisfies Record<string, Way>;
export type Mode = keyof typeof modes;
export const wayOf = ({ mode }: Pick<Cell, 'mode'>): Way => modes[mode];

export interface Cell {
  readonly dialect: DialectName;
  /** One of `faults`, or of the `beginnings` of the dialect. */
  readonly fault: string;
  readonly mode: Mode;
}

/** What came of a cell, as it is compared with the table. */
export interface Seen {
  /** `providerError`, `providerError, retryable`, or the reason why it stopped. */
  readonly end: string;
  /** What had arrived of the text of the last step. Long ones by their length. */
  readonly text: string;
}

export interface Outcome extends Seen {
  /** Answers to the request, and deltas that came after it. */
  readonly answers: number;
  readonly late: number;
  /** The text by the deltas, where there are any. */
  readonly deltas: string | undefined;
  /** In the history, by steps: `ok`, `cancelled`, `error rateLimited`, with `, free` where it cost nothing. */
  readonly rows: readonly string[];
  /** Their groups. */
  readonly groups: readonly (string | undefined)[];
  readonly requests: number;
  /** Milliseconds between the last two of them. */
  readonly waited: number | undefined;
  /** Codes of its warnings. */
  readonly warnings: readonly string[];
  readonly retryAfterMs: number | undefined;
}

export const nameOf = ({ dialect, fault, mode }: Cell): string => `${dialect}/${fault}/${mode}`;
const parse = (name: string): Cell => {
  const [dialect, fault, mode] = name.split('/') as [DialectName, string, Mode];
  return { dialect, fault, mode };
};
const toolSays = 'The tool says 4';
/** Long enough that what comes at once has come, on a machine that does other things too. */
const timeoutMs = 20_000;

export interface Matrix extends AsyncDisposable {
  readonly sidecar: Sidecar;
  readonly upstream: FaultyUpstream;
  run(cell: Cell): Promise<Outcome>;
}

/** One sidecar with storage and one upstream for all cells; those that are retried and the others need one each. */
export async function startMatrix(storage: string, retries: number): Promise<Matrix> {
  const upstream = await startFaultyUpstream(replyTo);
  const config = {
    ...settings(upstream.url, await deadUrl(), retries),
    storage,
    budgets: [{ name: 'all', limit_usd: 1000, per: 'total' }],
  };
  const sidecar = await startSidecar({
    config: JSON.stringify(config),
    env: { DATASETTE_SECRETS_FAULTY: 'key-of-the-faulty-upstream' },
    timeoutMs: 60_000,
  });
  const { result } = await sidecar.initialize({ capabilities: { tools: {} } });
  if (result.config.diagnostics.length > 0) throw new Error(JSON.stringify(result.config.diagnostics));
  answerTools(sidecar.host).catch(() => {});
  return {
    sidecar,
    upstream,
    run: (cell) => runCell(cell, sidecar.host, upstream),
    async [Symbol.asyncDispose]() {
      await sidecar.stop();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

function settings(url: string, dead: string, retries: number): object {
  const providers = Object.entries(faultDialects).flatMap(([name, { provider }]: [string, FaultDialect]) =>
    Object.entries({ [name]: url, [`${name}-dead`]: dead }).map(([id, base]) => {
      const model = { id, features: { stream: true, tools: true }, price: { input: 1, output: 2 } };
      return [id, { ...provider, base_url: `${base}/v1`, key: 'FAULTY', discover: false, models: [model] }];
    }),
  );
  return {
    providers: Object.fromEntries(providers),
    limits: { retries, rest_after_failures: 0, max_response_bytes: maxResponseBytes },
  };
}

function faultOf({ dialect, fault }: Cell): Fault {
  const found = { ...faults, ...beginnings(faultDialects[dialect]) }[fault];
  if (found === undefined) throw new Error(`there is no fault ${fault}`);
  return found;
}

/** It ends only by its time. */
export const hangs = (cell: Cell): boolean => faultOf(cell).hangs === true && wayOf(cell).cancelled !== true;

function replyTo(name: string, body: string, request: number): Reply {
  const cell = parse(name);
  const dialect: FaultDialect = faultDialects[cell.dialect];
  const { streamed, chain, retried, retryAfter } = wayOf(cell);
  const fault: Fault = retried && request > 1 ? faults.none : faultOf(cell);
  if (chain && !body.includes(toolSays)) {
    const args = ['{"where": ', '"here"}'];
    if (!streamed) return { pieces: [JSON.stringify(dialect.wholeCall(args.join('')))] };
    return { type: 'text/event-stream', pieces: [...dialect.calls(args), ...dialect.endsCall(args)] };
  }
  const reply = streamed ? fault.streamed(dialect) : fault.whole(dialect);
  return retryAfter === undefined ? reply : { ...reply, headers: { 'retry-after': retryAfter } };
}

async function runCell(cell: Cell, host: RawHost, upstream: FaultyUpstream): Promise<Outcome> {
  const name = nameOf(cell);
  const fault = faultOf(cell);
  const { streamed: isStreamed = false, group = false, cancelled = false } = wayOf(cell);
  const groupId = group ? name : undefined;
  if (groupId !== undefined) await host.request('llm/groupOpen', { groupId }, `open ${name}`);
  const response = host.request(
    'llm/prompt',
    {
      promptId: name,
      model: fault.refused ? `${cell.dialect}-dead` : cell.dialect,
      prompt: `cell ${name}. What is there?`,
      tools: [{ name: 'look', inputSchema: { type: 'object' } }],
      ...(isStreamed ? { stream: {} } : {}),
      ...(groupId === undefined ? {} : { groupId }),
      ...(hangs(cell) ? { timeoutMs } : {}),
    },
    name,
  );
  if (cancelled) await cancelMeanwhile(name, fault, host, upstream);
  const { result, error } = await response;
  if (groupId !== undefined) await host.request('llm/groupClose', { groupId }, `close ${name}`);
  const listed = await host.request('history/list', { filter: { promptId: name } }, `list ${name}`);
  const own = host.messages.filter(({ id, method, params }) => (method === undefined ? id === name : params?.promptId === name));
  const answeredAt = own.findIndex(({ method }) => method === undefined);
  const byAttempt = listed.result.responses.toReversed().toSorted((a: Row, b: Row) => a.step - b.step || a.attempt - b.attempt);
  const content: { type: string; text?: string }[] = result?.steps.at(-1)?.content ?? error?.data.partial?.content ?? [];
  return {
    end: endOf({ result, error }),
    text: short(content.map(({ type, text = '' }) => (type === 'text' ? text : '')).join('')),
    answers: own.filter(({ method }) => method === undefined).length,
    late: own.slice(answeredAt + 1).length,
    deltas: isStreamed ? short(textOf(own)) : undefined,
    rows: byAttempt.map(rowOf),
    groups: byAttempt.map(({ groupId }: Row) => groupId),
    requests: upstream.requests.get(name) ?? 0,
    waited: upstream.waits.get(name),
    warnings: (isStreamed ? deltasOf(own).filter(({ type }) => type === 'warning') : (result?._meta?.warnings ?? [])).map(codeOf),
    retryAfterMs: error?.data.retryAfterMs,
  };
}

/** While the upstream answers, or while it keeps everybody waiting. */
async function cancelMeanwhile(name: string, fault: Fault, host: RawHost, upstream: FaultyUpstream): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!fault.refused && !upstream.requests.has(name)) {
    if (performance.now() > deadline) throw new Error(`${name}: no request has come`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  host.notify('$/cancelRequest', { id: name });
}

function endOf({ result, error }: RawMessage): string {
  if (error === undefined) return result.stopReason;
  return error.data.retryable ? `${error.data.kind}, retryable` : error.data.kind;
}

const codeOf = ({ code }: { code: string }): string => code;

/** A row of the history. */
interface Row {
  readonly step: number;
  readonly attempt: number;
  readonly groupId?: string;
  readonly outcome: string;
  readonly errorKind?: string;
  readonly cost: { readonly usd: string | null };
}

function rowOf({ outcome, errorKind, cost }: Row): string {
  return `${outcome}${errorKind === undefined ? '' : ` ${errorKind}`}${cost.usd === '0' ? ', free' : ''}`;
}

function textOf(messages: readonly RawMessage[]): string {
  const fold = createFold();
  for (const delta of deltasOf(messages)) applyDelta(fold, delta);
  return foldedText(fold);
}

function deltasOf(messages: readonly RawMessage[]): any[] {
  return messages.flatMap(({ method, params }) => (method === 'llm/delta' ? params.deltas : []));
}

const whole = pieces.join('');
function short(text: string): string {
  return text.length <= whole.length ? text : `${text.slice(0, 10)}… ${text.length}`;
}

/** The tool of the host answers every call, until the sidecar is gone. */
async function answerTools(host: RawHost): Promise<void> {
  for (;;) {
    const { id } = await host.next(({ method }) => method === 'tool/call');
    host.answer(id, { content: toolSays });
  }
}

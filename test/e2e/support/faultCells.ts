import { applyDelta, createFold, foldedText } from '../../../protocol/foldDeltas.ts';
import type { RawHost, RawMessage } from '../../support/rawHost.ts';
import { startSidecar, type Sidecar } from '../../support/sidecar.ts';
import { faultDialects, type DialectName, type FaultDialect } from './faultDialects.ts';
import { beginnings, faults, maxResponseBytes, pieces, type Fault } from './faults.ts';
import { deadUrl, startFaultyUpstream, type FaultyUpstream, type Reply } from './faultyUpstream.ts';

export const modes = ['streamed', 'whole', 'chain', 'group', 'cancelled'] as const;
export type Mode = (typeof modes)[number];

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
}

export const nameOf = ({ dialect, fault, mode }: Cell): string => `${dialect}/${fault}/${mode}`;
const parse = (name: string): Cell => {
  const [dialect, fault, mode] = name.split('/') as [DialectName, string, Mode];
  return { dialect, fault, mode };
};
const toolSays = 'The tool says 4';
/** Long enough that what comes at once has come, on a machine that does other things too. */
const timeoutMs = 4000;

export interface Matrix extends AsyncDisposable {
  readonly sidecar: Sidecar;
  readonly upstream: FaultyUpstream;
  run(cell: Cell): Promise<Outcome>;
}

/** One sidecar with storage and one upstream for all cells. */
export async function startMatrix(storage: string): Promise<Matrix> {
  const upstream = await startFaultyUpstream(replyTo);
  const config = { ...settings(upstream.url, await deadUrl()), storage, budgets: [{ name: 'all', limit_usd: 1000, per: 'total' }] };
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

function settings(url: string, dead: string): object {
  const providers = Object.entries(faultDialects).flatMap(([name, { provider }]: [string, FaultDialect]) =>
    Object.entries({ [name]: url, [`${name}-dead`]: dead }).map(([id, base]) => {
      const model = { id, features: { stream: true, tools: true }, price: { input: 1, output: 2 } };
      return [id, { ...provider, base_url: `${base}/v1`, key: 'FAULTY', discover: false, models: [model] }];
    }),
  );
  return {
    providers: Object.fromEntries(providers),
    // A failure is to be seen as it comes.
    limits: { retries: 0, rest_after_failures: 0, max_response_bytes: maxResponseBytes },
  };
}

function faultOf({ dialect, fault }: Cell): Fault {
  const found = { ...faults, ...beginnings(faultDialects[dialect]) }[fault];
  if (found === undefined) throw new Error(`there is no fault ${fault}`);
  return found;
}

function replyTo(name: string, body: string): Reply {
  const cell = parse(name);
  const dialect: FaultDialect = faultDialects[cell.dialect];
  const fault = faultOf(cell);
  if (cell.mode === 'chain' && !body.includes(toolSays)) {
    const args = ['{"where": ', '"here"}'];
    return { type: 'text/event-stream', pieces: [...dialect.calls(args), ...dialect.endsCall(args)] };
  }
  return cell.mode === 'whole' || cell.mode === 'group' ? fault.whole(dialect) : fault.streamed(dialect);
}

async function runCell(cell: Cell, host: RawHost, upstream: FaultyUpstream): Promise<Outcome> {
  const name = nameOf(cell);
  const fault = faultOf(cell);
  const isStreamed = cell.mode !== 'whole' && cell.mode !== 'group';
  const groupId = cell.mode === 'group' ? name : undefined;
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
      ...(fault.hangs && cell.mode !== 'cancelled' ? { timeoutMs } : {}),
    },
    name,
  );
  if (cell.mode === 'cancelled') await cancelMeanwhile(name, fault, host, upstream);
  const { result, error } = await response;
  if (groupId !== undefined) await host.request('llm/groupClose', { groupId }, `close ${name}`);
  const listed = await host.request('history/list', { filter: { promptId: name } }, `list ${name}`);
  const own = host.messages.filter(({ id, method, params }) => (method === undefined ? id === name : params?.promptId === name));
  const answeredAt = own.findIndex(({ method }) => method === undefined);
  const content: { type: string; text?: string }[] = result?.steps.at(-1)?.content ?? error?.data.partial?.content ?? [];
  return {
    end: endOf({ result, error }),
    text: short(content.map(({ type, text = '' }) => (type === 'text' ? text : '')).join('')),
    answers: own.filter(({ method }) => method === undefined).length,
    late: own.slice(answeredAt + 1).length,
    deltas: isStreamed ? short(textOf(own)) : undefined,
    rows: listed.result.responses.toReversed().map(rowOf),
    groups: listed.result.responses.map((row: { groupId?: string }) => row.groupId),
    requests: upstream.requests.get(name) ?? 0,
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

function rowOf({ outcome, errorKind, cost }: { outcome: string; errorKind?: string; cost: { usd: string | null } }): string {
  return `${outcome}${errorKind === undefined ? '' : ` ${errorKind}`}${cost.usd === '0' ? ', free' : ''}`;
}

function textOf(messages: readonly RawMessage[]): string {
  const fold = createFold();
  for (const { method, params } of messages) if (method === 'llm/delta') for (const delta of params.deltas) applyDelta(fold, delta);
  return foldedText(fold);
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

import type { HistoryFilter, HistoryListResult, HistoryReadResult, UsageSummaryResult } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import type { Engine } from './engine.ts';

/** Reads the rows that a ledger writes, one for each response. Throws storageUnavailable where nothing is kept. */
export interface History {
  /** By day first where that is asked for, then what cost most. Throws invalidParams for a `from` or `to` that is no time. */
  summary(request: SummaryRequest): Promise<UsageSummaryResult['rows']>;
  /** The latest first. Throws invalidParams for a `before` that is not there, and for a `query` where no content is kept. */
  list(request: ListRequest): Promise<HistoryListResult['responses']>;
  /** null: there is none, or no longer. */
  read(responseId: string): Promise<HistoryReadResult | null>;
}

export interface SummaryRequest {
  /** ISO 8601, or a day YYYY-MM-DD of the time zone of reports; it is included. */
  readonly from: string | undefined;
  /** As `from`; a moment is not included, a day is. */
  readonly to: string | undefined;
  /** In place of `from`: today and so many days before it, less one. */
  readonly lastDays?: number | undefined;
  readonly by: readonly SummaryDimension[];
  readonly filter: HistoryFilter;
}

export type SummaryDimension = 'day' | 'model' | 'purpose' | 'actor' | 'group';

export interface ListRequest {
  readonly filter: HistoryFilter;
  readonly query: string | undefined;
  readonly limit: number;
  /** A responseId. */
  readonly before: string | undefined;
}

type Reader = Pick<Engine, 'history' | 'snapshot'>;
type Asked<Request extends object> = { readonly [Member in keyof Request]?: Request[Member] | undefined };

const pageLength = 100;

/** One row without `by`. A model may be given by any of its names. */
export async function summarizeUsage(reader: Reader, { from, to, lastDays, by = [], filter }: Asked<SummaryRequest>) {
  return reader.history.summary({ from, to, lastDays, by, filter: canonical(reader, filter) });
}

export async function listHistory(reader: Reader, { filter, query, limit = pageLength, before }: Asked<ListRequest>) {
  return reader.history.list({ filter: canonical(reader, filter), query, limit, before });
}

/** Throws invalidParams for an unknown id. */
export async function readHistory({ history }: Reader, responseId: string): Promise<HistoryReadResult> {
  const entry = await history.read(responseId);
  if (entry !== null) return entry;
  const message = `There is no response "${responseId}": it was never sent, or is no longer kept. history/list says which there are.`;
  throw new Failure('invalidParams', message, { issues: [{ path: 'responseId', message: 'there is no such response' }] });
}

function canonical({ snapshot }: Reader, filter: HistoryFilter = {}): HistoryFilter {
  if (filter.model === undefined) return filter;
  return { ...filter, model: snapshot().catalogue.find(filter.model)?.id ?? filter.model };
}

import type { ClientRequest } from '../protocol/index.ts';
import type { RequestParams, RequestResult } from './link.ts';

type Send = <Method extends ClientRequest>(method: Method, params: RequestParams<Method>) => Promise<RequestResult<Method>>;

/** What was used and spent, where the sidecar keeps it: `history: true` in its configuration. */
export interface UsageReports {
  /**
   * Sums by day, model, purpose, actor or group; without `by` one row for all. By day first, then what cost most.
   * @example
   * for (const { key, cost } of await llm.usage.summary({ from: '2026-01-01', by: ['model'] })) console.log(key.model, cost.usd);
   */
  summary(asked?: RequestParams<'usage/summary'>): Promise<RequestResult<'usage/summary'>['rows']>;
}

/** The responses of models, where the sidecar keeps them. */
export interface History {
  /**
   * The latest first, `limit` (100) at a time: the next page is `before` the `responseId` of the last one.
   * @example
   * const failed = await llm.history.list({ filter: { outcome: 'error' }, limit: 20 });
   */
  list(asked?: RequestParams<'history/list'>): Promise<RequestResult<'history/list'>['responses']>;
  /** One of them, with what was asked and answered where that is kept. */
  read(responseId: string): Promise<RequestResult<'history/read'>>;
}

export function createUsage(send: Send): UsageReports {
  return { summary: async (asked = {}) => (await send('usage/summary', asked)).rows };
}

export function createHistory(send: Send): History {
  return {
    list: async (asked = {}) => (await send('history/list', asked)).responses,
    read: async (responseId) => send('history/read', { responseId }),
  };
}

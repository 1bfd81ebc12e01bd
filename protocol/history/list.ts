import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { historyEntry, historyFilter } from '../shapes/history.ts';
import { withMeta } from '../shapes/json.ts';

export type HistoryListResult = z.infer<ReturnType<typeof result>>;
const result = () =>
  z.object({
    responses: z.array(historyEntry.extend({ excerpt: z.string().optional().describe('Around what was searched for.') })),
    ...withMeta,
  });

export const list = defineRequest({
  method: 'history/list',
  summary: 'Responses, the latest first.',
  params: () =>
    z.object({
      filter: historyFilter.optional(),
      query: z.string().optional().describe('Words that prompt or answer contain; needs `history: {content: true}`.'),
      limit: z.number().int().min(1).max(1000).optional().describe('Default 100.'),
      before: z.string().optional().describe('The `responseId` of the last one of the page before.'),
      ...withMeta,
    }),
  result,
});

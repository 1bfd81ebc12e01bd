import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { historyFilter } from '../shapes/history.ts';
import { withMeta } from '../shapes/json.ts';
import { cost, usage } from '../shapes/usage.ts';

export type UsageSummaryResult = z.infer<ReturnType<typeof result>>;
const result = () =>
  z.object({
    rows: z.array(
      z.object({
        key: z.record(z.string(), z.string()).describe('By the names in `by`. A day is YYYY-MM-DD; "" is no purpose, nobody or no group.'),
        responses: z.number().int(),
        usage,
        cost: cost.describe('Of the responses whose cost is known.'),
        unpriced: z.number().int().optional().describe('Responses whose cost is unknown and therefore not in it.'),
      }),
    ),
    ...withMeta,
  });

export const summary = defineRequest({
  method: 'usage/summary',
  summary: 'What was used and spent, summed up.',
  params: () =>
    z.object({
      from: z.string().optional().describe('ISO 8601, or a day YYYY-MM-DD of the time zone of the configuration; it is included.'),
      to: z.string().optional().describe('As `from`; a moment is not included, a day is.'),
      by: z
        .array(z.enum(['day', 'model', 'purpose', 'actor', 'group']))
        .default([])
        .describe('None: one row for all.'),
      filter: historyFilter.optional(),
      ...withMeta,
    }),
  result,
});

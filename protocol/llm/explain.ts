import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { jsonObject, open, withMeta } from '../shapes/json.ts';
import { keySource } from '../shapes/model.ts';
import { usd } from '../shapes/usage.ts';
import { prompt } from './prompt.ts';

const verdict = open('allowed', 'notAllowed', 'blocked', 'filtered', 'noKey', 'notAsked');

export type ExplainResult = z.infer<ReturnType<typeof result>>;
const result = () =>
  z.object({
    model: z.string().nullable().describe('null: the prompt would fail; `failure` says why.'),
    wanted: z.string().optional().describe('The model that it came to, also when that may not be used.'),
    reason: open('asked', 'conversation', 'group', 'hook', 'purpose', 'default').optional().describe('Who named the model.'),
    failure: z.object({ kind: z.string(), message: z.string() }).optional(),
    considered: z
      .array(z.object({ by: z.string().describe('`config`, or the id of a filter hook.'), verdict, detail: z.string().optional() }))
      .describe('What each filter says of the model, in the order in which they are asked.'),
    fallbacks: z
      .array(z.object({ model: z.string(), failure: z.object({ kind: z.string(), message: z.string() }).optional() }))
      .optional()
      .describe('The models that would be asked if it failed, in order; `failure`: it would be passed over, and why.'),
    key: z
      .object({
        needed: z.boolean(),
        source: keySource.optional(),
        name: z.string().optional().describe('The secret, keys.json entry or variable it was found under. Never its value.'),
        missed: z.array(z.string()).describe('Named secrets that are not set.'),
      })
      .optional(),
    price: z
      .object({
        priceId: z.string(),
        inputUsdPerMillion: usd,
        outputUsdPerMillion: usd,
        cacheReadUsdPerMillion: usd.optional(),
        cacheWriteUsdPerMillion: usd.optional(),
      })
      .nullable()
      .optional()
      .describe('null: unknown.'),
    reservation: z
      .object({
        usd: usd.nullable().describe('What it would hold of its budgets while it runs; null: the price is unknown.'),
        source: open('bound', 'purpose', 'model', 'auto', 'unpriced').describe('bound: the most that it can cost.'),
      })
      .optional(),
    budgets: z
      .array(
        z.object({
          name: z.string(),
          limitUsd: usd,
          spentUsd: usd,
          reservedUsd: usd.describe('Held by calls that are running.'),
          leftUsd: usd,
          per: open('hour', 'day', 'month', 'total'),
          windowStart: z.string(),
          windowEnd: z.string().nullable().describe('When it begins anew; null: never.'),
          hasRoom: z.boolean().describe('For this prompt.'),
        }),
      )
      .optional()
      .describe('Those that count it.'),
    limits: z
      .object({
        provider: z.string(),
        maxConcurrent: z.number().int().optional().describe('Requests at a time.'),
        requestsPerMinute: z.number().int().optional(),
        tokensPerMinute: z.number().int().optional(),
        maxWaiting: z.number().int().describe('Requests that may wait for their turn; one more is refused.'),
        maxWaitMs: z.number().int().describe('How long each may wait.'),
      })
      .optional()
      .describe('How much its provider is sent at most. Absent: as much as there is. What is absent in it has no limit.'),
    options: jsonObject.optional().describe('In force: of the model, the purpose and the request.'),
    system: z.string().optional(),
    hooks: z.array(z.object({ id: z.string(), point: z.string(), registeredBy: z.string() })).describe('Those that would take part.'),
    tools: z.array(z.string()).optional(),
    ...withMeta,
  });

export const explain = defineRequest({
  method: 'llm/explain',
  summary: 'What a prompt would do, without doing it: the model and why, every verdict, the source of the key, the price, the options.',
  params: () => prompt.params,
  result,
});

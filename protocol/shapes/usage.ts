import * as z from 'zod';
import { json } from './json.ts';

/**
 * Tokens of one response, or the sum of several. `inputTokens` counts all prompt tokens, those read from or written to
 * a cache included; `outputTokens` all generated ones, reasoning included. `null` or absent: the provider was silent.
 */
export type Usage = z.infer<typeof usage>;
export const usage = z
  .object({
    inputTokens: z.number().int().nullable().describe('All prompt tokens, cached ones included; null: the provider did not say.'),
    outputTokens: z.number().int().nullable().describe('All generated tokens, reasoning included; null: the provider did not say.'),
    reasoningTokens: z.number().int().optional().describe('Part of outputTokens.'),
    cacheReadTokens: z.number().int().optional().describe('Part of inputTokens.'),
    cacheWriteTokens: z.number().int().optional().describe('Part of inputTokens.'),
    raw: json.optional().describe("The provider's own usage object, as it came."),
  })
  .meta({ id: 'Usage' });

/** Exact decimal US dollars, for example "0.00012345". */
export type Usd = string;
export const usd = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .meta({ id: 'Usd', description: 'Exact decimal US dollars, for example "0.00012345".' });

export type Cost = z.infer<typeof cost>;
export const cost = z
  .object({
    usd: usd.nullable().describe('null: unknown. Never zero for an unknown price.'),
    source: z.enum(['provider', 'computed', 'estimated', 'unknown']),
    priceId: z.string().optional().describe('The row of the price list that was used.'),
  })
  .meta({ id: 'Cost' });

export type StopReason =
  | 'end'
  | 'length'
  | 'toolCalls'
  | 'stepLimit'
  | 'contentFilter'
  | 'paused'
  | 'interrupted'
  | 'cancelled'
  | (string & {});

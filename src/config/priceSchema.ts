import * as z from 'zod';
import { toDecimal } from './toDecimal.ts';

/** Exact, and no finer than what is counted: eleven decimals of a dollar. */
export const usdPerMillion = z.union(
  [
    z
      .number()
      .nonnegative({ abort: true })
      .refine((amount) => isCounted(toDecimal(amount)), { error: 'Expected at most 11 decimals of a dollar.' }),
    z.string().refine(isCounted, { error: 'Expected an amount of dollars such as 0.25, with at most 11 decimals.' }),
  ],
  { error: 'an amount of dollars such as 0.25' },
);

function isCounted(text: string): boolean {
  return /^\d+(\.\d{1,11})?$/.test(text);
}

const rates = {
  input: usdPerMillion.describe('For tokens of the prompt.'),
  output: usdPerMillion.describe('For tokens of the answer; 0 for a model that makes vectors.'),
  cache_read: usdPerMillion.optional().describe('For tokens read from the cache of the provider; default: input.'),
  cache_write: usdPerMillion.optional().describe('For tokens written to it; default: input.'),
};

const tier = z.strictObject({
  above: z.int().nonnegative().describe('It holds for all tokens of a call whose prompt has more tokens than this, cached ones included.'),
  ...rates,
});

const row = z.strictObject({
  ...rates,
  from: z.iso
    .date({ error: 'Expected a day such as 2026-01-31.' })
    .optional()
    .describe('The day, in UTC, from which it holds; until then the price list does. Default: it always held.'),
  long_context: z
    .array(tier)
    .refine((tiers) => areDistinct(tiers.map(({ above }) => above)), {
      error: 'Expected prices for different lengths: two have the same "above".',
    })
    .optional()
    .describe('Prices of long prompts.'),
});

const rows = z
  .array(row)
  .min(1)
  .refine((list) => areDistinct(list.map(({ from }) => from)), {
    error: 'Expected prices from different days: two have the same "from", or none.',
  });

function areDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}

export const prices = z
  .record(z.string(), z.union([row, rows], { error: 'a price, {input, output, …}, or a list of prices by date' }))
  .optional()
  .describe('What models cost, by model, where the price list does not know it or another price was agreed. USD for a million tokens.');

export const priceList = z
  .enum([
    'anthropic',
    'arcee',
    'avian',
    'aws',
    'azure',
    'baseten',
    'cerebras',
    'cloudflare',
    'cohere',
    'cursor',
    'deepseek',
    'doubleword',
    'fireworks',
    'github-copilot',
    'google',
    'groq',
    'huggingface_cerebras',
    'huggingface_fireworks-ai',
    'huggingface_groq',
    'huggingface_hyperbolic',
    'huggingface_nebius',
    'huggingface_novita',
    'huggingface_nscale',
    'huggingface_ovhcloud',
    'huggingface_publicai',
    'huggingface_sambanova',
    'huggingface_together',
    'minimax',
    'mistral',
    'modal',
    'moonshotai',
    'novita',
    'openai',
    'openrouter',
    'ovhcloud',
    'perplexity',
    'quicksilverpro',
    'together',
    'typesafe',
    'voyageai',
    'x-ai',
    'zai',
    'zhipuai',
  ])
  .optional()
  .describe('Whose prices in the price list its models have: aws, azure. Default: those of its type; openai-compatible has none.');

import type { JsonObject } from '../../protocol/index.ts';
import type { UsualOutput } from '../catalogue/model.ts';
import type { ProviderDefinition } from './aiSdk/definition.ts';
import { openAnthropicReader } from './readers/anthropic.ts';

/** The API wants a limit. The package would take the model's largest, up to 128000 tokens of spending. */
const usualOutput: UsualOutput = { plain: 8192, reasoning: 32_768 };

/** https://docs.claude.com/en/api/messages */
export const anthropic: ProviderDefinition = {
  type: 'anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  key: {
    name: 'anthropic',
    secret: 'ANTHROPIC_API_KEY',
    variables: ['ANTHROPIC_API_KEY'],
    obtainUrl: 'https://platform.claude.com/settings/keys',
  },
  discover: false,
  apis: [],
  load: async () => {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return ({ baseUrl, apiKey = '', headers, fetch }) => {
      const provider = createAnthropic({ baseURL: baseUrl, apiKey, headers, fetch });
      return (modelId) => provider.languageModel(modelId);
    };
  },
  namespace: () => 'anthropic',
  // For a schema the package may use a tool of its own.
  reader: ({ schema }) => (schema === undefined ? openAnthropicReader : undefined),
  signature: { reasoning: 'signature', redacted: 'redactedData' },
  options: ['temperature', 'max_tokens', 'top_p', 'top_k', 'stop', 'reasoning'],
  usualOutput,
  prepare: ({ model, options }) => {
    const level = options['reasoning'];
    const reasons = typeof level === 'string' && level !== 'none';
    const usual = reasons ? usualOutput.reasoning : usualOutput.plain;
    const most = typeof options['max_tokens'] === 'number' ? options['max_tokens'] : Math.min(usual, model.maxOutputTokens ?? usual);
    const own = options['anthropic'] as JsonObject | undefined;
    const budget = reasons && thinksByBudget.test(model.upstreamId) && own?.['thinking'] === undefined ? budgetOf(level, most) : null;
    if (budget === null) return { settings: { maxOutputTokens: most } };
    if (budget === 0) return { settings: { maxOutputTokens: most, reasoning: 'none' } };
    // The package adds the budget to the limit, of which it is a part.
    return {
      settings: { maxOutputTokens: most - budget, reasoning: 'provider-default' },
      own: { thinking: { type: 'enabled', budgetTokens: budget } },
    };
  },
};

/** Models before Claude 4.6 have no levels. */
const thinksByBudget = /claude-(3-|(opus|sonnet|haiku)-4(-[0-5])?([-@]\d{8}.*)?$)/;

/** Tokens of thinking, of `most` tokens of all. The API takes no less than 1024, and wants some left over; 0: that is too few. */
function budgetOf(level: string, most: number): number {
  return most <= leastBudget ? 0 : Math.min(most - 1, Math.max(leastBudget, Math.floor(most * (shares[level] ?? 0))));
}

const leastBudget = 1024;
const shares: Readonly<Record<string, number>> = { minimal: 0.02, low: 0.1, medium: 0.3, high: 0.6, xhigh: 0.9, max: 0.95 };

import type { ProviderDefinition } from './aiSdk/definition.ts';
import { meetsStrictRules } from './aiSdk/strictRules.ts';
import { decimalUsd } from './aiSdk/decimalUsd.ts';

/** https://openrouter.ai/docs/api-reference */
export const openrouter: ProviderDefinition = {
  type: 'openrouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  key: {
    name: 'openrouter',
    secret: 'OPENROUTER_API_KEY',
    variables: ['OPENROUTER_API_KEY', 'OPENROUTER_KEY', 'LLM_OPENROUTER_KEY'],
    obtainUrl: 'https://openrouter.ai/settings/keys',
  },
  discover: true,
  apis: [],
  load: async () => {
    const { createOpenRouter } = await import('@openrouter/ai-sdk-provider');
    return ({ baseUrl, apiKey = '', headers, fetch }) => {
      const provider = createOpenRouter({ baseURL: baseUrl, apiKey, headers, fetch, compatibility: 'strict' });
      return (modelId) => provider.chat(modelId, { usage: { include: true } });
    };
  },
  namespace: () => 'openrouter',
  options: ['temperature', 'max_tokens', 'top_p', 'top_k', 'stop', 'seed', 'presence_penalty', 'frequency_penalty', 'reasoning'],
  // The package leaves both of these to its own options.
  prepare: ({ options, schema }) => {
    const effort = options['reasoning'];
    const format = {
      type: 'json_schema',
      json_schema: { name: 'response', schema: schema ?? {}, strict: schema !== undefined && meetsStrictRules(schema) },
    };
    return {
      own: {
        ...(effort === undefined ? {} : { reasoning: { effort: effort === 'max' ? 'xhigh' : effort } }),
        ...(schema === undefined ? {} : { response_format: format }),
      },
    };
  },
  messageMetadata: ['reasoning_details'],
  guessesFinish: true,
  costUsd: (usage) => {
    const cost = usage['cost'];
    return typeof cost === 'number' && Number.isFinite(cost) && cost >= 0 ? decimalUsd(String(cost)) : undefined;
  },
};

import type { ProviderDefinition } from './aiSdk/definition.ts';

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
  signature: { reasoning: 'signature', redacted: 'redactedData' },
  options: ['temperature', 'max_tokens', 'top_p', 'top_k', 'stop', 'reasoning'],
  prepare: ({ model, options }) => {
    if (options['max_tokens'] !== undefined) return {};
    // The API wants a limit. The package would take the model's largest, up to 128000 tokens of spending.
    const wanted = options['reasoning'] === undefined || options['reasoning'] === 'none' ? 8192 : 32_768;
    return { settings: { maxOutputTokens: Math.min(wanted, model.maxOutputTokens ?? wanted) } };
  },
};

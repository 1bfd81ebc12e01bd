import { atMostXhigh } from './aiSdk/atMostXhigh.ts';
import type { ProviderDefinition } from './aiSdk/definition.ts';

/** https://docs.cohere.com/reference/chat */
export const cohere: ProviderDefinition = {
  type: 'cohere',
  baseUrl: 'https://api.cohere.com/v2',
  key: {
    name: 'cohere',
    secret: 'COHERE_API_KEY',
    variables: ['COHERE_API_KEY', 'CO_API_KEY', 'LLM_COHERE_KEY'],
    obtainUrl: 'https://dashboard.cohere.com/api-keys',
  },
  discover: false,
  apis: [],
  load: async () => {
    const { createCohere } = await import('@ai-sdk/cohere');
    return ({ baseUrl, apiKey = '', headers, fetch }) => {
      const provider = createCohere({ baseURL: baseUrl, apiKey, headers, fetch });
      return (modelId) => provider.languageModel(modelId);
    };
  },
  embeddings: {
    inputs: 96,
    parallel: 4,
    ownDimensions: 'outputDimension',
    load: async () => {
      const { createCohere } = await import('@ai-sdk/cohere');
      return ({ baseUrl, apiKey = '', headers, fetch }) => {
        const provider = createCohere({ baseURL: baseUrl, apiKey, headers, fetch });
        return (modelId) => provider.embeddingModel(modelId);
      };
    },
  },
  namespace: () => 'cohere',
  options: ['temperature', 'max_tokens', 'top_p', 'top_k', 'stop', 'seed', 'presence_penalty', 'frequency_penalty', 'reasoning'],
  prepare: atMostXhigh,
};

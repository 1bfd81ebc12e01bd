import { openChatReader } from './readers/chat.ts';
import type { ProviderDefinition } from './aiSdk/definition.ts';

/** https://docs.mistral.ai/api */
export const mistral: ProviderDefinition = {
  type: 'mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  key: {
    name: 'mistral',
    secret: 'MISTRAL_API_KEY',
    variables: ['MISTRAL_API_KEY', 'LLM_MISTRAL_KEY'],
    obtainUrl: 'https://console.mistral.ai/api-keys',
  },
  discover: false,
  apis: [],
  load: async () => {
    const { createMistral } = await import('@ai-sdk/mistral');
    return ({ baseUrl, apiKey = '', headers, fetch }) => {
      const provider = createMistral({ baseURL: baseUrl, apiKey, headers, fetch });
      return (modelId) => provider.chat(modelId);
    };
  },
  embeddings: {
    inputs: 32,
    parallel: 1,
    load: async () => {
      const { createMistral } = await import('@ai-sdk/mistral');
      return ({ baseUrl, apiKey = '', headers, fetch }) => {
        const provider = createMistral({ baseURL: baseUrl, apiKey, headers, fetch });
        return (modelId) => provider.embeddingModel(modelId);
      };
    },
  },
  reader: () => openChatReader,
  namespace: () => 'mistral',
  options: ['temperature', 'max_tokens', 'top_p', 'stop', 'seed', 'presence_penalty', 'frequency_penalty', 'reasoning'],
};

import { atMostXhigh } from './aiSdk/atMostXhigh.ts';
import { openChatReader } from './readers/chat.ts';
import type { ProviderDefinition } from './aiSdk/definition.ts';

/** https://api-docs.deepseek.com */
export const deepseek: ProviderDefinition = {
  type: 'deepseek',
  baseUrl: 'https://api.deepseek.com',
  key: {
    name: 'deepseek',
    secret: 'DEEPSEEK_API_KEY',
    variables: ['DEEPSEEK_API_KEY', 'LLM_DEEPSEEK_KEY'],
    obtainUrl: 'https://platform.deepseek.com/api_keys',
  },
  discover: false,
  apis: [],
  load: async () => {
    const { createDeepSeek } = await import('@ai-sdk/deepseek');
    return ({ baseUrl, apiKey = '', headers, fetch }) => {
      const provider = createDeepSeek({ baseURL: baseUrl, apiKey, headers, fetch });
      return (modelId) => provider.chat(modelId);
    };
  },
  reader: () => openChatReader,
  namespace: () => 'deepseek',
  options: ['temperature', 'max_tokens', 'top_p', 'stop', 'presence_penalty', 'frequency_penalty', 'reasoning'],
  prepare: atMostXhigh,
};

import { openChatReader } from './readers/chat.ts';
import type { ProviderDefinition } from './aiSdk/definition.ts';

/** https://console.groq.com/docs/api-reference */
export const groq: ProviderDefinition = {
  type: 'groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  key: {
    name: 'groq',
    secret: 'GROQ_API_KEY',
    variables: ['GROQ_API_KEY', 'LLM_GROQ_KEY'],
    obtainUrl: 'https://console.groq.com/keys',
  },
  discover: false,
  apis: [],
  load: async () => {
    const { createGroq } = await import('@ai-sdk/groq');
    return ({ baseUrl, apiKey = '', headers, fetch }) => {
      const provider = createGroq({ baseURL: baseUrl, apiKey, headers, fetch });
      return (modelId) => provider.languageModel(modelId);
    };
  },
  reader: () => openChatReader,
  namespace: () => 'groq',
  strictSchemas: true,
  // Qwen knows no levels, and the package sends them. https://console.groq.com/docs/reasoning
  prepare: ({ model, options }) => {
    const level = options['reasoning'];
    if (level === undefined || !model.upstreamId.startsWith('qwen/')) return {};
    return { settings: { reasoning: 'provider-default' }, own: { reasoningEffort: level === 'none' ? 'none' : 'default' } };
  },
  options: ['temperature', 'max_tokens', 'top_p', 'stop', 'seed', 'presence_penalty', 'frequency_penalty', 'reasoning'],
};

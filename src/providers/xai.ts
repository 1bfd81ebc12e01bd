import type { ProviderDefinition } from './aiSdk/definition.ts';
import { atMostXhigh } from './aiSdk/atMostXhigh.ts';
import { decimalUsd } from './aiSdk/decimalUsd.ts';
import { openChatReader } from './readers/chat.ts';

/** https://docs.x.ai/docs/api-reference. The package has the Responses API only; chat completions go through the compatible one. */
export const xai: ProviderDefinition = {
  type: 'xai',
  baseUrl: 'https://api.x.ai/v1',
  key: {
    name: 'xai',
    secret: 'XAI_API_KEY',
    variables: ['XAI_API_KEY', 'LLM_XAI_KEY'],
    obtainUrl: 'https://console.x.ai',
  },
  discover: false,
  apis: ['responses', 'chat'],
  load: async (api) => {
    if (api === 'chat') {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      return ({ baseUrl, apiKey = '', headers, fetch }) => {
        const settings = {
          name: 'compatible',
          baseURL: baseUrl,
          apiKey,
          headers,
          fetch,
          includeUsage: true,
          supportsStructuredOutputs: true,
        };
        const provider = createOpenAICompatible(settings);
        return (modelId) => provider.chatModel(modelId);
      };
    }
    const { createXai } = await import('@ai-sdk/xai');
    return ({ baseUrl, apiKey = '', headers, fetch }) => {
      const provider = createXai({ baseURL: baseUrl, apiKey, headers, fetch });
      return (modelId) => provider.responses(modelId);
    };
  },
  reader: ({ api }) => (api === 'chat' ? openChatReader : undefined),
  namespace: (api) => (api === 'chat' ? 'compatible' : 'xai'),
  strictSchemas: true,
  signature: { reasoning: 'reasoningEncryptedContent' },
  options: ['temperature', 'max_tokens', 'top_p', 'stop', 'seed', 'presence_penalty', 'frequency_penalty', 'reasoning'],
  prepare: (call) => (call.api === 'chat' ? {} : { own: { store: false }, ...atMostXhigh(call) }),
  /** 10^10 ticks are one USD. */
  costUsd: (usage) => {
    const ticks = usage['cost_in_usd_ticks'];
    return typeof ticks === 'number' && Number.isSafeInteger(ticks) && ticks >= 0 ? decimalUsd(`${ticks}e-10`) : undefined;
  },
};

import type { ProviderDefinition } from './aiSdk/definition.ts';
import { withMessages } from './aiSdk/mendChat.ts';
import { openChatReader } from './readers/chat.ts';

/** Any server of OpenAI's chat completions: Ollama, vLLM, llama.cpp, LM Studio, a gateway. The settings say where and with which key. */
export const openaiCompatible: ProviderDefinition = {
  type: 'openai-compatible',
  baseUrl: undefined,
  key: null,
  discover: true,
  apis: [],
  load: async () => {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    return ({ baseUrl, apiKey, headers, fetch }) => {
      const settings = { name: 'compatible', baseURL: baseUrl, headers, fetch, includeUsage: true, supportsStructuredOutputs: true };
      const provider = createOpenAICompatible(apiKey === undefined ? settings : { ...settings, apiKey });
      return (modelId) => provider.chatModel(modelId);
    };
  },
  reader: () => openChatReader,
  embeddings: {
    inputs: 2048,
    parallel: 4,
    load: async () => {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      return ({ baseUrl, apiKey, headers, fetch }) => {
        const provider = createOpenAICompatible({
          name: 'compatible',
          baseURL: baseUrl,
          headers,
          fetch,
          ...(apiKey === undefined ? {} : { apiKey }),
        });
        return (modelId) => provider.embeddingModel(modelId);
      };
    },
  },
  namespace: () => 'compatible',
  signature: { reasoning: 'thoughtSignature', toolCall: 'thoughtSignature' },
  options: ['temperature', 'max_tokens', 'top_p', 'stop', 'seed', 'presence_penalty', 'frequency_penalty', 'reasoning'],
  strictSchemas: true,
  mendBody: withMessages,
};

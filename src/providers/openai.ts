import { openChatReader } from './readers/chat.ts';
import type { ProviderDefinition } from './aiSdk/definition.ts';
import { withMessages } from './aiSdk/mendChat.ts';
import { reasoningTextAsSummary, withReasoningSummaries } from './aiSdk/mendResponses.ts';

/** https://platform.openai.com/docs/api-reference */
export const openai: ProviderDefinition = {
  type: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  key: {
    name: 'openai',
    secret: 'OPENAI_API_KEY',
    variables: ['OPENAI_API_KEY'],
    obtainUrl: 'https://platform.openai.com/api-keys',
  },
  discover: false,
  apis: ['responses', 'chat'],
  load: async (api) => {
    const { createOpenAI } = await import('@ai-sdk/openai');
    return ({ baseUrl, apiKey = '', headers, fetch }) => {
      const provider = createOpenAI({ baseURL: baseUrl, apiKey, headers, fetch });
      return (modelId) => (api === 'chat' ? provider.chat(modelId) : provider.responses(modelId));
    };
  },
  embeddings: {
    inputs: 2048,
    parallel: 4,
    load: async () => {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return ({ baseUrl, apiKey = '', headers, fetch }) => {
        const provider = createOpenAI({ baseURL: baseUrl, apiKey, headers, fetch });
        return (modelId) => provider.embeddingModel(modelId);
      };
    },
  },
  reader: ({ api }) => (api === 'chat' ? openChatReader : undefined),
  namespace: () => 'openai',
  signature: { reasoning: 'reasoningEncryptedContent', absent: '' },
  options: ['temperature', 'max_tokens', 'top_p', 'stop', 'seed', 'presence_penalty', 'frequency_penalty', 'reasoning'],
  // Nothing is kept at OpenAI: a conversation is continued from its messages, encrypted reasoning among them.
  prepare: ({ api, model, options }) => {
    if (api === 'chat') return {};
    const reasons = model.features.reasoning;
    return {
      own: {
        store: false,
        ...(reasons ? { include: ['reasoning.encrypted_content'] } : {}),
        // The package knows reasoning models by name, and drops the option for those it does not know.
        ...(reasons && options['reasoning'] !== undefined ? { forceReasoning: true } : {}),
      },
    };
  },
  strictSchemas: true,
  mendBody: (body) => withMessages(body) ?? withReasoningSummaries(body),
  mendLine: reasoningTextAsSummary,
  // A thought that came with an id alone (servers of this API that encrypt nothing) goes back with its id alone.
  mendRequest: (body) => body.replaceAll(',"encrypted_content":""', ''),
};

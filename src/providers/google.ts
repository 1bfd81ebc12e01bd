import type { ProviderDefinition } from './aiSdk/definition.ts';
import { openGeminiReader } from './readers/gemini.ts';

/** https://ai.google.dev/api/generate-content */
export const google: ProviderDefinition = {
  type: 'google',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  key: {
    name: 'gemini',
    secret: 'GEMINI_API_KEY',
    variables: ['GEMINI_API_KEY', 'LLM_GEMINI_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    obtainUrl: 'https://aistudio.google.com/apikey',
  },
  discover: false,
  apis: [],
  load: async () => {
    const { createGoogle } = await import('@ai-sdk/google');
    return ({ baseUrl, apiKey = '', headers, fetch }) => {
      const provider = createGoogle({ baseURL: baseUrl, apiKey, headers, fetch });
      return (modelId) => provider.languageModel(modelId);
    };
  },
  embeddings: {
    inputs: 100,
    parallel: 4,
    load: async () => {
      const { createGoogle } = await import('@ai-sdk/google');
      return ({ baseUrl, apiKey = '', headers, fetch }) => {
        const provider = createGoogle({ baseURL: baseUrl, apiKey, headers, fetch });
        return (modelId) => provider.embeddingModel(modelId);
      };
    },
  },
  namespace: () => 'google',
  // For a schema the package may use a tool of its own, and from Gemini 4 on it asks for the rest of a long answer by itself.
  reader: ({ model, schema }) => (schema === undefined && /^gemini-[123]\b/.test(model.upstreamId) ? openGeminiReader : undefined),
  signature: { reasoning: 'thoughtSignature', toolCall: 'thoughtSignature' },
  options: ['temperature', 'max_tokens', 'top_p', 'top_k', 'stop', 'seed', 'presence_penalty', 'frequency_penalty', 'reasoning'],
  // Who asks for reasoning wants to see it.
  prepare: ({ options }) => {
    const wanted = options['reasoning'] !== undefined && options['reasoning'] !== 'none';
    return wanted ? { own: { thinkingConfig: { includeThoughts: true } } } : {};
  },
};

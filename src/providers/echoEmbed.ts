import type { Model } from '../catalogue/model.ts';
import type { EmbedCall, EmbedFinish, Provider } from '../engine/ports.ts';

const defaultDimensions = 16;

/** Vectors without a network, for tests: as Python's `llm` has in its own, the lengths of the words. */
export const echoEmbedModels: readonly Model[] = [
  {
    id: 'echo-embed',
    provider: 'echo',
    upstreamId: 'echo-embed',
    name: 'Echo: embeddings',
    aliases: [],
    key: null,
    features: { stream: false, tools: false, schema: false, reasoning: false, embed: true, attachments: [] },
    optionsSchema: {
      type: 'object',
      properties: {
        dimensions: {
          type: 'integer',
          minimum: 1,
          maximum: 4096,
          default: defaultDimensions,
          description: 'How many numbers each vector has.',
        },
      },
      additionalProperties: false,
    },
  },
];

export const echoEmbed: Required<Pick<Provider, 'embed' | 'embedLimits'>> = { embed, embedLimits: { inputs: 10, parallel: 2 } };

async function embed({ input, options, signal }: EmbedCall): Promise<EmbedFinish> {
  signal.throwIfAborted();
  const dimensions = typeof options['dimensions'] === 'number' ? options['dimensions'] : defaultDimensions;
  const words = input.map((text) => text.match(/\S+/g) ?? []);
  const embeddings = words.map((own) => Array.from({ length: dimensions }, (_, index) => own[index]?.length ?? 0));
  return { embeddings, usage: { inputTokens: words.flat().length, outputTokens: 0 } };
}

import type { JsonObject } from '../../protocol/index.ts';
import type { ModelFeatures } from '../catalogue/model.ts';
import type { OptionName, ProviderDefinition } from './aiSdk/definition.ts';

/** The JSON Schema of the options that a model of this provider takes. `reasoning` only where the model reasons. */
export function optionsSchemaOf(definition: ProviderDefinition, features: ModelFeatures): JsonObject {
  const properties: JsonObject = {};
  if (features.embed === true) properties['dimensions'] = dimensions;
  for (const name of features.embed === true ? [] : definition.options) {
    if (name !== 'reasoning' || features.reasoning) properties[name] = descriptions[name];
  }
  properties[definition.type] = {
    type: 'object',
    description: `Options in the words of ${definition.type}, passed on as they are. They win over the others.`,
  };
  return { type: 'object', properties, additionalProperties: false };
}

const dimensions: JsonObject = { type: 'integer', minimum: 1, description: 'How many numbers each vector has, for models that can.' };

const descriptions: Record<OptionName, JsonObject> = {
  temperature: { type: 'number', minimum: 0, maximum: 2, description: 'How random the answer is; 0 is the least.' },
  max_tokens: { type: 'integer', minimum: 1, description: 'The longest answer, in tokens, reasoning included.' },
  top_p: { type: 'number', minimum: 0, maximum: 1, description: 'Only the most likely tokens that together have this probability.' },
  top_k: { type: 'integer', minimum: 1, description: 'Only this many of the most likely tokens.' },
  stop: {
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    description: 'The answer ends before any of these.',
  },
  seed: { type: 'integer', description: 'The same seed gives the same answer, as far as the provider can.' },
  presence_penalty: { type: 'number', minimum: -2, maximum: 2, description: 'Positive: rather new topics.' },
  frequency_penalty: { type: 'number', minimum: -2, maximum: 2, description: 'Positive: fewer repetitions.' },
  reasoning: {
    type: 'string',
    enum: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
    description: 'How much the model thinks before it answers. The nearest level that the model has is used.',
  },
};

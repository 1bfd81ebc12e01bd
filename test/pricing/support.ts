import type { Model } from '../../src/catalogue/model.ts';

const features = { stream: true, tools: true, schema: true, reasoning: false, attachments: [] };

/** A model of a provider, under the id it has there. */
export function model(provider: string, upstreamId: string, rest: Partial<Model> = {}): Model {
  return { id: upstreamId, provider, upstreamId, aliases: [], key: null, features, optionsSchema: {}, ...rest };
}

export const embeds: Pick<Model, 'features'> = { features: { ...features, embed: true } };

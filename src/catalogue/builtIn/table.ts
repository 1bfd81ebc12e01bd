import type { BuiltInModel } from '../builtInModel.ts';
import type { ModelFeatures } from '../model.ts';

/** Id, name, features, context window and longest output in tokens (undefined: not published), aliases. */
export type Row = readonly [
  id: string,
  name: string,
  features: ModelFeatures,
  contextWindow?: number | undefined,
  maxOutputTokens?: number | undefined,
  aliases?: readonly string[] | undefined,
];

/** The rows of one provider type. `prefix` stands before the upstream id in the id and before none of the aliases. */
export function table(type: string, rows: readonly Row[], prefix = ''): readonly BuiltInModel[] {
  return rows.map(([upstreamId, name, features, contextWindow, maxOutputTokens, aliases = []]) => ({
    id: prefix + upstreamId,
    type,
    upstreamId,
    name,
    aliases,
    features,
    contextWindow,
    maxOutputTokens,
  }));
}

/** Can everything but reason, and takes no attachments. */
export const text: ModelFeatures = { stream: true, tools: true, schema: true, reasoning: false, attachments: [] };
/** Turns texts into vectors, and can nothing else. */
export const embedding: ModelFeatures = { stream: false, tools: false, schema: false, reasoning: false, embed: true, attachments: [] };
export const images = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

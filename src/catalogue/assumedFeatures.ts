import type { BuiltInModel } from './builtInModel.ts';
import type { ModelFeatures } from './model.ts';

type Flag = Exclude<keyof ModelFeatures, 'attachments' | 'embed'>;

/**
 * Of a model that someone wrote into the configuration: everything that any known model of the type can do. Its server
 * says no better than a guess does.
 */
export function mostFeatures(rows: readonly BuiltInModel[]): ModelFeatures {
  const known = rows.filter(answers);
  if (known.length === 0) return { stream: true, tools: true, schema: true, reasoning: true, attachments: ['image/*'] };
  const any = (flag: Flag): boolean => known.some(({ features }) => features[flag]);
  const attachments = [...new Set(known.flatMap(({ features }) => features.attachments))];
  return { stream: any('stream'), tools: any('tools'), schema: any('schema'), reasoning: any('reasoning'), attachments };
}

/** Of a model that a server merely lists: what all known models of the type can do. */
export function leastFeatures(rows: readonly BuiltInModel[]): ModelFeatures {
  const known = rows.filter(answers);
  const [first] = known;
  if (!first) return { stream: true, tools: true, schema: false, reasoning: false, attachments: [] };
  const all = (flag: Flag): boolean => known.every(({ features }) => features[flag]);
  const attachments = first.features.attachments.filter((type) => known.every(({ features }) => features.attachments.includes(type)));
  return { stream: all('stream'), tools: all('tools'), schema: all('schema'), reasoning: all('reasoning'), attachments };
}

/** Models that only embed say nothing about the others. */
function answers({ features }: BuiltInModel): boolean {
  return features.embed !== true;
}

import type { Model } from '../catalogue/model.ts';

export interface Wanted {
  readonly tools: boolean;
  readonly schema: boolean;
  /** The provider lets a model with tools answer a schema by a call. */
  readonly schemaByTool?: boolean | undefined;
  readonly mediaTypes: readonly string[];
}

/** What the prompt needs and the model cannot do, as a sentence; null: nothing. Asked before anything is sent. behaviour 5.6. */
export function missingFeature(model: Model, wanted: Wanted): string | null {
  if (model.features.embed) return `${model.id} makes embeddings and answers no prompts: use another model, or llm/embed`;
  if (wanted.tools && !model.features.tools) return `${model.id} does not support tools`;
  if (wanted.schema && !model.features.schema && !(wanted.schemaByTool && model.features.tools))
    return `${model.id} does not support schemas`;
  const refused = wanted.mediaTypes.find((type) => !model.features.attachments.some((taken) => takes(taken, type)));
  if (refused === undefined) return null;
  const taken = model.features.attachments.join(', ');
  return `${model.id} does not take attachments of type ${refused}; ${taken === '' ? 'it takes none' : `it takes ${taken}`}`;
}

function takes(pattern: string, mediaType: string): boolean {
  return pattern === mediaType || (pattern.endsWith('/*') && mediaType.startsWith(pattern.slice(0, -1)));
}

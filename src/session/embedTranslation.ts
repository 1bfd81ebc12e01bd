import type { EmbedResult } from '../../protocol/index.ts';
import type { EmbedOutcome } from '../engine/embed.ts';
import { toMeta } from './promptTranslation.ts';

export function toEmbedResult({ model, keySource, embeddings, usage, cost, ...noted }: EmbedOutcome): EmbedResult {
  return {
    model,
    embeddings: embeddings.map((vector) => [...vector]),
    usage,
    cost,
    ...(keySource === undefined ? {} : { keySource }),
    ...toMeta(noted),
  };
}

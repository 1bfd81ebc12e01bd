import { embedding, images, table, text } from './table.ts';

const seeing = { ...text, attachments: [...images, 'application/pdf'] };
const reasoning = { ...seeing, reasoning: true };

/**
 * https://docs.mistral.ai/getting-started/models. Ids as in @ai-sdk/mistral, windows as in genai-prices; the names
 * without `-latest` are those of Python's `llm-mistral`.
 */
export const mistral = table('mistral', [
  ['mistral-large-4', 'Mistral Large 4', { ...text, reasoning: true }, undefined, undefined, ['mistral-large-4-0']],
  ['mistral-large-latest', 'Mistral Large', seeing, 262_144, undefined, ['mistral-large']],
  ['mistral-medium-latest', 'Mistral Medium', reasoning, 262_144, undefined, ['mistral-medium']],
  ['mistral-small-latest', 'Mistral Small', reasoning, 262_144, undefined, ['mistral-small']],
  ['magistral-medium-latest', 'Magistral Medium', reasoning, 131_072, undefined, ['magistral-medium']],
  ['magistral-small-latest', 'Magistral Small', reasoning, 131_072, undefined, ['magistral-small']],
  ['ministral-14b-latest', 'Ministral 14B', seeing, 262_144, undefined, ['ministral-14b']],
  ['ministral-8b-latest', 'Ministral 8B', seeing, 262_144, undefined, ['ministral-8b']],
  ['ministral-3b-latest', 'Ministral 3B', seeing, 131_072, undefined, ['ministral-3b']],
  ['codestral-latest', 'Codestral', text, 256_000, undefined, ['codestral']],
  ['voxtral-small-latest', 'Voxtral Small', { ...text, attachments: ['audio/*'] }, 32_768, undefined, ['voxtral-small']],
  ['zai-glm-5-3', 'GLM 5.3', { ...text, reasoning: true }, 1_000_000],
  ['mistral-embed', 'Mistral Embed', embedding, 8_192],
  ['codestral-embed', 'Codestral Embed', embedding, 8_192],
]);

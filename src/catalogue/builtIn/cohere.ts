import { embedding, images, table, text } from './table.ts';

/** https://docs.cohere.com/docs/models. Ids as in @ai-sdk/cohere; the undated names are those of Python's `llm-command-r`. */
export const cohere = table('cohere', [
  ['command-a-03-2025', 'Command A', text, 256_000, 8_000, ['command-a']],
  ['command-a-reasoning-08-2025', 'Command A Reasoning', { ...text, reasoning: true }, 256_000, 32_000, ['command-a-reasoning']],
  ['command-a-vision-07-2025', 'Command A Vision', { ...text, tools: false, attachments: images }, 128_000, 8_000, ['command-a-vision']],
  ['command-r7b-12-2024', 'Command R7B', text, 128_000, 4_000, ['command-r7b']],
  ['command-r-08-2024', 'Command R', text, 128_000, 4_000, ['command-r', 'r']],
  ['command-r-plus-08-2024', 'Command R+', text, 128_000, 4_000, ['command-r-plus', 'r-plus']],
  ['embed-v4.0', 'Embed 4', embedding, 128_000],
  ['embed-multilingual-v3.0', 'Embed 3, multilingual', embedding, 512],
  ['embed-english-v3.0', 'Embed 3, English', embedding, 512],
]);

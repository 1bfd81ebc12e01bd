import { images, table, text } from './table.ts';

const reasoning = { ...text, reasoning: true };

/**
 * https://api-docs.deepseek.com. Ids as in @ai-sdk/deepseek, windows as in genai-prices. DeepSeek retired `deepseek-chat`
 * and `deepseek-reasoner` in July 2026 and names Flash as their successor.
 */
export const deepseek = table('deepseek', [
  ['deepseek-flash', 'DeepSeek Flash', reasoning, 1_000_000, undefined, ['deepseek-chat', 'deepseek-reasoner']],
  ['deepseek-v4-flash', 'DeepSeek V4 Flash', reasoning, 1_000_000],
  ['deepseek-v4-pro', 'DeepSeek V4 Pro', reasoning, 1_000_000],
  ['deepseek-v4-flash-vision-exp', 'DeepSeek V4 Flash Vision, experimental', { ...reasoning, attachments: images }, 1_000_000],
]);

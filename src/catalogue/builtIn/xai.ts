import { table, text } from './table.ts';

const seeing = { ...text, attachments: ['image/png', 'image/jpeg'] };
const reasoning = { ...seeing, reasoning: true };

/** https://docs.x.ai/docs/models. Ids as in @ai-sdk/xai, windows as in genai-prices. */
export const xai = table('xai', [
  ['grok-4.7', 'Grok 4.7', reasoning],
  ['grok-4.6', 'Grok 4.6', reasoning, 500_000],
  ['grok-4.5', 'Grok 4.5', reasoning, 500_000],
  ['grok-4.3', 'Grok 4.3', reasoning, 1_000_000],
  ['grok-4.20-reasoning', 'Grok 4.20', reasoning, 1_000_000, undefined, ['grok-4.20']],
  ['grok-4.20-non-reasoning', 'Grok 4.20 without reasoning', seeing, 1_000_000],
  ['grok-latest', 'Grok, latest', reasoning],
  ['grok-code-fast-1', 'Grok Code Fast 1', { ...text, reasoning: true }, 256_000],
]);

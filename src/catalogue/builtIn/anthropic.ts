import { images, table, text } from './table.ts';

const claude = { ...text, reasoning: true, attachments: [...images, 'application/pdf'] };

/**
 * https://platform.claude.com/docs/en/about-claude/models/overview. Ids and longest outputs as in @ai-sdk/anthropic,
 * windows as in genai-prices; the names with dots and the reversed ones are those of Python's `llm-anthropic`.
 */
export const anthropic = table('anthropic', [
  ['claude-opus-5-5', 'Claude Opus 5.5', claude, 1_000_000, 128_000, ['claude-opus-5.5']],
  ['claude-sonnet-5-5', 'Claude Sonnet 5.5', claude, undefined, 128_000, ['claude-sonnet-5.5']],
  ['claude-haiku-5-5', 'Claude Haiku 5.5', claude, undefined, 128_000, ['claude-haiku-5.5']],
  ['claude-fable-5-2', 'Claude Fable 5.2', claude, undefined, 128_000, ['claude-fable-5.2']],
  ['claude-fable-5-1', 'Claude Fable 5.1', claude, 1_000_000, 128_000, ['claude-fable-5.1']],
  ['claude-fable-5', 'Claude Fable 5', claude, 1_000_000, 128_000],
  ['claude-opus-5', 'Claude Opus 5', claude, 1_000_000, 128_000],
  ['claude-sonnet-5', 'Claude Sonnet 5', claude, 1_000_000, 128_000],
  ['claude-opus-4-8', 'Claude Opus 4.8', claude, 1_000_000, 128_000, ['claude-opus-4.8']],
  ['claude-opus-4-7', 'Claude Opus 4.7', claude, 1_000_000, 128_000, ['claude-opus-4.7']],
  ['claude-opus-4-6', 'Claude Opus 4.6', claude, 1_000_000, 128_000, ['claude-opus-4.6']],
  ['claude-sonnet-4-6', 'Claude Sonnet 4.6', claude, 1_000_000, 128_000, ['claude-sonnet-4.6']],
  ['claude-opus-4-5', 'Claude Opus 4.5', claude, 200_000, 64_000, ['claude-opus-4.5', 'claude-opus-4-5-20251101']],
  ['claude-sonnet-4-5', 'Claude Sonnet 4.5', claude, 200_000, 64_000, ['claude-sonnet-4.5', 'claude-sonnet-4-5-20250929']],
  ['claude-haiku-4-5', 'Claude Haiku 4.5', claude, 200_000, 64_000, ['claude-haiku-4.5', 'claude-haiku-4-5-20251001']],
  ['claude-opus-4-1', 'Claude Opus 4.1', claude, 200_000, 32_000, ['claude-opus-4.1', 'claude-opus-4-1-20250805']],
  ['claude-opus-4-0', 'Claude Opus 4', claude, 200_000, 32_000, ['claude-4-opus', 'claude-opus-4', 'claude-opus-4-20250514']],
  ['claude-sonnet-4-0', 'Claude Sonnet 4', claude, 200_000, 64_000, ['claude-4-sonnet', 'claude-sonnet-4', 'claude-sonnet-4-20250514']],
]);

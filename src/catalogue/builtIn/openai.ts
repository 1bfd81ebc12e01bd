import { embedding, images, table, text } from './table.ts';

const chat = { ...text, attachments: [...images, 'application/pdf'] };
const reasoning = { ...chat, reasoning: true };

/**
 * https://platform.openai.com/docs/models. Ids as in @ai-sdk/openai, windows as in genai-prices; short names are those of
 * Python's `llm`. Dated ids are no aliases: who asks for one does not want another; the configuration or OpenAI's list adds them.
 */
export const openai = table('openai', [
  ['gpt-6-astra', 'GPT-6 Astra', reasoning, 1_050_000],
  ['gpt-6.1-sol', 'GPT-6.1 Sol', reasoning],
  ['gpt-6.1-terra', 'GPT-6.1 Terra', reasoning],
  ['gpt-6-sol', 'GPT-6 Sol', reasoning, 1_050_000],
  ['gpt-6-luna', 'GPT-6 Luna', reasoning, 1_050_000],
  ['gpt-5.6-sol', 'GPT-5.6 Sol', reasoning, 1_050_000, 128_000, ['gpt-5.6']],
  ['gpt-5.6-terra', 'GPT-5.6 Terra', reasoning, 1_050_000, 128_000],
  ['gpt-5.6-luna', 'GPT-5.6 Luna', reasoning, 1_050_000, 128_000],
  ['gpt-5.5', 'GPT-5.5', reasoning, 1_050_000, 128_000],
  ['gpt-5.5-pro', 'GPT-5.5 Pro', reasoning, 1_050_000, 128_000],
  ['gpt-5.4', 'GPT-5.4', reasoning, 1_050_000, 128_000],
  ['gpt-5.4-pro', 'GPT-5.4 Pro', reasoning, 1_050_000, 128_000],
  ['gpt-5.4-mini', 'GPT-5.4 mini', reasoning, 400_000, 128_000],
  ['gpt-5.4-nano', 'GPT-5.4 nano', reasoning, 400_000, 128_000],
  ['gpt-5.3-codex', 'GPT-5.3 Codex', reasoning, 400_000, 128_000],
  ['gpt-5.3-chat-latest', 'GPT-5.3 Chat', chat, 128_000, 16_384],
  ['gpt-5.2', 'GPT-5.2', reasoning, 400_000, 128_000],
  ['gpt-5.2-pro', 'GPT-5.2 Pro', reasoning, 400_000, 128_000],
  ['gpt-5.2-codex', 'GPT-5.2 Codex', reasoning, 400_000, 128_000],
  ['gpt-5.2-chat-latest', 'GPT-5.2 Chat', chat, 128_000, 16_384],
  ['gpt-5.1', 'GPT-5.1', reasoning, 400_000, 128_000],
  ['gpt-5.1-chat-latest', 'GPT-5.1 Chat', chat, 128_000, 16_384],
  ['gpt-5.1-codex-mini', 'GPT-5.1 Codex mini', reasoning, 400_000, 128_000],
  ['gpt-5', 'GPT-5', reasoning, 400_000, 128_000],
  ['gpt-5-pro', 'GPT-5 Pro', reasoning, 400_000, 272_000],
  ['gpt-5-mini', 'GPT-5 mini', reasoning, 400_000, 128_000],
  ['gpt-5-nano', 'GPT-5 nano', reasoning, 400_000, 128_000],
  ['gpt-4.1', 'GPT-4.1', chat, 1_047_576, 32_768, ['4.1']],
  ['gpt-4.1-mini', 'GPT-4.1 mini', chat, 1_047_576, 32_768, ['4.1-mini']],
  ['gpt-4.1-nano', 'GPT-4.1 nano', chat, 1_047_576, 32_768, ['4.1-nano']],
  ['gpt-4o', 'GPT-4o', chat, 128_000, 16_384, ['4o']],
  ['gpt-4o-mini', 'GPT-4o mini', chat, 128_000, 16_384, ['4o-mini']],
  ['o3', 'o3', reasoning, 200_000, 100_000],
  ['o4-mini', 'o4-mini', reasoning, 200_000, 100_000],
  ['o3-mini', 'o3-mini', { ...text, reasoning: true }, 200_000, 100_000],
  ['o1', 'o1', reasoning, 200_000, 100_000],
  ['gpt-3.5-turbo', 'GPT-3.5 Turbo', { ...text, schema: false }, 16_385, 4_096, ['3.5', 'chatgpt', 'turbo']],
  ['text-embedding-3-small', 'Text embedding 3 small', embedding, 8_192, undefined, ['3-small']],
  ['text-embedding-3-large', 'Text embedding 3 large', embedding, 8_192, undefined, ['3-large']],
  ['text-embedding-ada-002', 'Text embedding Ada 002', embedding, 8_192, undefined, ['ada', 'ada-002']],
]);

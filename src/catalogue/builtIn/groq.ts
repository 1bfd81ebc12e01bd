import { images, table, text } from './table.ts';

const reasoning = { ...text, reasoning: true };

/** https://console.groq.com/docs/models. Ids as in @ai-sdk/groq; the names with a dash are those of Python's `llm-groq`. */
export const groq = table(
  'groq',
  [
    ['openai/gpt-oss-120b', 'GPT OSS 120B on Groq', reasoning, 131_072, 65_536, ['groq-gpt-oss-120b']],
    ['openai/gpt-oss-20b', 'GPT OSS 20B on Groq', reasoning, 131_072, 65_536, ['groq-gpt-oss-20b']],
    ['qwen/qwen3.6-27b', 'Qwen 3.6 27B on Groq', reasoning],
    ['qwen/qwen3-32b', 'Qwen 3 32B on Groq', reasoning, 131_072, 40_960],
    ['moonshotai/kimi-k2-instruct-0905', 'Kimi K2 on Groq', text, 262_144, 16_384, ['groq-kimi-k2', 'groq/moonshotai/kimi-k2-instruct']],
    ['meta-llama/llama-4-maverick-17b-128e-instruct', 'Llama 4 Maverick on Groq', { ...text, attachments: images }, 131_072, 8_192],
    ['meta-llama/llama-4-scout-17b-16e-instruct', 'Llama 4 Scout on Groq', { ...text, attachments: images }, 131_072, 8_192],
    ['llama-3.3-70b-versatile', 'Llama 3.3 70B on Groq', text, 131_072, 32_768, ['groq-llama-3.3-70b']],
    ['llama-3.1-8b-instant', 'Llama 3.1 8B on Groq', { ...text, schema: false }, 131_072, 131_072, ['groq-llama-3.1-8b']],
  ],
  'groq/',
);

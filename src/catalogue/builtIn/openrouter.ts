import { images, table, text } from './table.ts';

const seeing = { ...text, attachments: [...images, 'application/pdf'] };
const reasoning = { ...seeing, reasoning: true };
const blind = { ...text, reasoning: true };

/** Some of https://openrouter.ai/models; its own list, when it is asked for, brings the rest. Windows as in genai-prices. */
export const openrouter = table(
  'openrouter',
  [
    ['openrouter/auto', 'OpenRouter, automatic choice', text],
    ['openai/gpt-6-sol', 'GPT-6 Sol on OpenRouter', reasoning, 1_050_000],
    ['openai/gpt-6-luna', 'GPT-6 Luna on OpenRouter', reasoning, 1_050_000],
    ['openai/gpt-5.5', 'GPT-5.5 on OpenRouter', reasoning, 1_050_000, 128_000],
    ['openai/gpt-5.4', 'GPT-5.4 on OpenRouter', reasoning, 1_050_000, 128_000],
    ['openai/gpt-5.4-mini', 'GPT-5.4 mini on OpenRouter', reasoning, 400_000, 128_000],
    ['openai/gpt-4.1', 'GPT-4.1 on OpenRouter', seeing, 1_047_576, 32_768],
    ['openai/gpt-4o', 'GPT-4o on OpenRouter', seeing, 128_000, 16_384],
    ['openai/gpt-4o-mini', 'GPT-4o mini on OpenRouter', seeing, 128_000, 16_384],
    ['openai/gpt-oss-120b', 'GPT OSS 120B on OpenRouter', blind, 131_072],
    ['anthropic/claude-opus-5.5', 'Claude Opus 5.5 on OpenRouter', reasoning, 1_000_000, 128_000],
    ['anthropic/claude-opus-5', 'Claude Opus 5 on OpenRouter', reasoning, 1_000_000, 128_000],
    ['anthropic/claude-sonnet-5', 'Claude Sonnet 5 on OpenRouter', reasoning, 1_000_000, 128_000],
    ['anthropic/claude-sonnet-4.6', 'Claude Sonnet 4.6 on OpenRouter', reasoning, 1_000_000, 128_000],
    ['anthropic/claude-haiku-4.5', 'Claude Haiku 4.5 on OpenRouter', reasoning, 200_000, 64_000],
    ['google/gemini-3.5-flash', 'Gemini 3.5 Flash on OpenRouter', reasoning, 1_048_576, 65_536],
    ['google/gemini-3.1-pro-preview', 'Gemini 3.1 Pro on OpenRouter', reasoning, 1_048_576, 65_536],
    ['google/gemini-2.5-flash', 'Gemini 2.5 Flash on OpenRouter', reasoning, 1_048_576, 65_536],
    ['x-ai/grok-4.3', 'Grok 4.3 on OpenRouter', reasoning, 1_000_000],
    ['deepseek/deepseek-v4-pro', 'DeepSeek V4 Pro on OpenRouter', blind, 1_000_000],
    ['deepseek/deepseek-v4-flash', 'DeepSeek V4 Flash on OpenRouter', blind, 1_000_000],
    ['moonshotai/kimi-k3', 'Kimi K3 on OpenRouter', blind, 1_048_576],
    ['z-ai/glm-5.3', 'GLM 5.3 on OpenRouter', blind, 1_048_576],
    ['qwen/qwen3.7-max', 'Qwen 3.7 Max on OpenRouter', blind, 1_000_000],
    ['mistralai/mistral-medium-3-5', 'Mistral Medium 3.5 on OpenRouter', reasoning, 262_144],
    ['meta-llama/llama-3.3-70b-instruct', 'Llama 3.3 70B on OpenRouter', text, 131_072],
  ],
  'openrouter/',
);

import { anthropic } from './builtIn/anthropic.ts';
import { cohere } from './builtIn/cohere.ts';
import { deepseek } from './builtIn/deepseek.ts';
import { google } from './builtIn/google.ts';
import { groq } from './builtIn/groq.ts';
import { mistral } from './builtIn/mistral.ts';
import { openai } from './builtIn/openai.ts';
import { openrouter } from './builtIn/openrouter.ts';
import { xai } from './builtIn/xai.ts';
import type { BuiltInModel } from './builtInModel.ts';

/** In catalogue order. Models that make only sound or pictures are left out. */
export const builtInModels: readonly BuiltInModel[] = [
  ...openai,
  ...anthropic,
  ...google,
  ...mistral,
  ...groq,
  ...deepseek,
  ...xai,
  ...cohere,
  ...openrouter,
];

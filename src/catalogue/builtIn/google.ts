import { embedding, table, text, type Row } from './table.ts';

const gemini = { ...text, reasoning: true, attachments: ['image/*', 'audio/*', 'video/*', 'application/pdf', 'text/*'] };
const gemma = { ...text, schema: false, attachments: ['image/*'] };

const rows: readonly Row[] = [
  ['gemini-4-argon', 'Gemini 4 Argon', gemini],
  ['gemini-4-carbon', 'Gemini 4 Carbon', gemini],
  ['gemini-4-hydrogen', 'Gemini 4 Hydrogen', gemini],
  ['gemini-3.8-flash', 'Gemini 3.8 Flash', gemini, 1_048_576, 65_536],
  ['gemini-3.7-flash', 'Gemini 3.7 Flash', gemini, 1_048_576, 65_536],
  ['gemini-3.6-flash', 'Gemini 3.6 Flash', gemini, 1_048_576, 65_536],
  ['gemini-3.5-flash', 'Gemini 3.5 Flash', gemini, 1_048_576, 65_536],
  ['gemini-3.5-flash-lite', 'Gemini 3.5 Flash Lite', gemini, 1_048_576, 65_536],
  ['gemini-3.1-pro-preview', 'Gemini 3.1 Pro Preview', gemini, 1_048_576, 65_536],
  ['gemini-3.1-flash-lite', 'Gemini 3.1 Flash Lite', gemini, 1_048_576, 65_536],
  ['gemini-3-flash-preview', 'Gemini 3 Flash Preview', gemini, 1_048_576, 65_536],
  ['gemini-3-pro-preview', 'Gemini 3 Pro Preview', gemini, 1_048_576, 65_536],
  ['gemini-2.5-pro', 'Gemini 2.5 Pro', gemini, 1_048_576, 65_536],
  ['gemini-2.5-flash', 'Gemini 2.5 Flash', gemini, 1_048_576, 65_536],
  ['gemini-2.5-flash-lite', 'Gemini 2.5 Flash Lite', gemini, 1_048_576, 65_536],
  ['gemini-pro-latest', 'Gemini Pro, latest', gemini, 1_048_576, 65_536],
  ['gemini-flash-latest', 'Gemini Flash, latest', gemini, 1_048_576, 65_536],
  ['gemini-flash-lite-latest', 'Gemini Flash Lite, latest', gemini, 1_048_576, 65_536],
  ['gemma-4-31b-it', 'Gemma 4 31B', gemma, 262_144],
  ['gemma-4-26b-a4b-it', 'Gemma 4 26B A4B', gemma, 262_144],
  ['gemini-embedding-001', 'Gemini Embedding 001', embedding, 2_048],
  ['gemini-embedding-2', 'Gemini Embedding 2', embedding, 8_192],
];

/**
 * https://ai.google.dev/gemini-api/docs/models. Ids as in @ai-sdk/google, limits as the API lists them;
 * `gemini/…` are the names of Python's `llm-gemini`.
 */
export const google = table(
  'google',
  rows.map(([id, name, features, contextWindow, maxOutputTokens]) => [
    id,
    name,
    features,
    contextWindow,
    maxOutputTokens,
    [`gemini/${id}`],
  ]),
);

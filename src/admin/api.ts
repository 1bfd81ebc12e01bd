import { budgets, prompt, prompts, spending } from './historyApi.ts';
import { config, edit } from './configApi.ts';
import type { AdminContext } from './context.ts';
import { explain, models } from './modelsApi.ts';
import { deleteOne, rollBackOne, rotateAll, secrets, setOne } from './secretsApi.ts';

/** Takes what was asked, unchecked: the query of a GET, the JSON of a POST. */
export type Answer = (context: AdminContext, asked: unknown) => Promise<{ readonly status?: number; readonly body: unknown }>;

export const api: Readonly<Record<string, Answer>> = {
  'GET /api/config': config,
  'POST /api/config': edit,
  'GET /api/models': models,
  'GET /api/explain': explain,
  'GET /api/spending': spending,
  'GET /api/budgets': budgets,
  'GET /api/prompts': prompts,
  'GET /api/prompt': prompt,
  'GET /api/secrets': secrets,
  'POST /api/secrets/set': setOne,
  'POST /api/secrets/delete': deleteOne,
  'POST /api/secrets/rollback': rollBackOne,
  'POST /api/secrets/rotate': rotateAll,
};

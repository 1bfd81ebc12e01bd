import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { hookContext } from '../shapes/hook.ts';
import { withMeta } from '../shapes/json.ts';
import { modelInfo } from '../shapes/model.ts';

export const filterModels = defineRequest({
  method: 'hook/filterModels',
  summary: 'Which of these models may be used? A hook can only remove; null: no opinion.',
  params: () => z.object({ ...hookContext, models: z.array(modelInfo) }),
  result: () => z.object({ models: z.array(z.string()).nullable(), ...withMeta }),
});

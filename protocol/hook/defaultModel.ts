import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { hookContext } from '../shapes/hook.ts';
import { withMeta } from '../shapes/json.ts';

export const defaultModel = defineRequest({
  method: 'hook/defaultModel',
  summary: 'Which model for a call that names none? null: no opinion.',
  params: () => z.object({ ...hookContext, models: z.array(z.string()).describe('Those that may be used.') }),
  result: () => z.object({ model: z.string().nullable(), ...withMeta }),
});

import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { hookContext, promptEndOutcome } from '../shapes/hook.ts';
import { json, withMeta } from '../shapes/json.ts';

export const promptEnd = defineRequest({
  method: 'hook/promptEnd',
  summary: 'A response has ended, however it ended. Exactly one for each promptStart that went on.',
  params: () =>
    z.object({
      ...hookContext,
      promptId: z.string(),
      step: z.number().int(),
      model: z.string(),
      state: json.optional(),
      ...promptEndOutcome,
    }),
  result: () => z.object(withMeta).nullable(),
});

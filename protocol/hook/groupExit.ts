import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { hookContext } from '../shapes/hook.ts';
import { open, withMeta } from '../shapes/json.ts';
import { cost, usage } from '../shapes/usage.ts';

export const groupExit = defineRequest({
  method: 'hook/groupExit',
  summary: 'A group has ended and all its responses are complete.',
  params: () =>
    z.object({
      ...hookContext,
      groupId: z.string(),
      reason: open('closed', 'cancelled', 'disconnected', 'shutdown'),
      prompts: z.number().int(),
      usage,
      cost,
    }),
  result: () => z.object(withMeta).nullable(),
});

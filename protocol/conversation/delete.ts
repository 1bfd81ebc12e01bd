import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { withMeta } from '../shapes/json.ts';

export const deleteConversation = defineRequest({
  method: 'conversation/delete',
  summary: 'Forget a conversation.',
  params: () => z.object({ id: z.string(), ...withMeta }),
  result: () => z.null(),
});

import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { message } from '../shapes/content.ts';
import { withMeta } from '../shapes/json.ts';

export const read = defineRequest({
  method: 'conversation/read',
  summary: 'The messages of a conversation.',
  params: () => z.object({ id: z.string(), ...withMeta }),
  result: () => z.object({ id: z.string(), model: z.string(), messages: z.array(message), ...withMeta }),
});

import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { withMeta } from '../shapes/json.ts';

export const list = defineRequest({
  method: 'conversation/list',
  summary: 'Conversations, the one used last first.',
  params: () =>
    z.object({
      limit: z.number().int().min(1).max(1000).optional().describe('Default 100.'),
      before: z
        .string()
        .optional()
        .describe('Only those used before this moment (ISO 8601): `updatedAt` of the last one of the page before.'),
      ...withMeta,
    }),
  result: () =>
    z.object({
      conversations: z.array(
        z.object({ id: z.string(), name: z.string(), model: z.string(), updatedAt: z.string(), turns: z.number().int() }),
      ),
      ...withMeta,
    }),
});

import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { open, withMeta } from '../shapes/json.ts';

export const purposes = defineRequest({
  method: 'llm/purposes',
  summary: 'The purposes that plugins and the host registered, and those that are only configured.',
  params: () => z.object(withMeta),
  result: () =>
    z.object({
      purposes: z.array(
        z.object({
          name: z.string(),
          description: z.string().optional(),
          registeredBy: open('host', 'config').describe("Or a plugin's name."),
          model: z.string().optional(),
          models: z.array(z.string()).optional(),
          blockedModels: z.array(z.string()).optional(),
        }),
      ),
      ...withMeta,
    }),
});

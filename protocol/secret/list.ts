import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { open, withMeta } from '../shapes/json.ts';

export type SecretListResult = z.infer<ReturnType<typeof result>>;
const result = () =>
  z.object({
    secrets: z.array(
      z.object({
        name: z.string(),
        description: z.string().optional(),
        obtainUrl: z.string().optional().describe('Where to obtain one.'),
        state: open('set', 'unset', 'environment').describe('environment: a variable has it, which comes before the store.'),
        version: z.number().int().optional().describe('Of the store; the highest is in use.'),
        updatedAt: z.string().optional(),
        updatedBy: z.string().optional(),
        lastUsedAt: z.string().optional(),
        note: z.string().optional(),
      }),
    ),
    store: z
      .object({ state: open('on', 'off', 'unavailable'), message: z.string().optional().describe('Why it is not on, and what to do.') })
      .optional(),
    ...withMeta,
  });

export const list = defineRequest({
  method: 'secret/list',
  summary: 'Secrets that are registered or set, by name. Never a value.',
  params: () => z.object({ ...withMeta }),
  result,
});

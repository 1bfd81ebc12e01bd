import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { actor } from '../shapes/actor.ts';
import { withMeta } from '../shapes/json.ts';

export const resolve = defineRequest({
  method: 'secret/resolve',
  summary: 'The sidecar asks the host for a secret. The value is kept in memory and goes nowhere but to its provider.',
  params: () => z.object({ name: z.string(), actor: actor.optional(), purpose: z.string().optional(), ...withMeta }),
  result: () =>
    z.object({
      value: z.string().nullable().describe('null: the host does not have it.'),
      ttlMs: z
        .number()
        .int()
        .nonnegative()
        .optional()
        .describe('How long it may be used without being asked again. Default 0: for this call.'),
      ...withMeta,
    }),
});

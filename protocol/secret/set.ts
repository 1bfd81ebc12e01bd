import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { actor } from '../shapes/actor.ts';
import { withMeta } from '../shapes/json.ts';

export const set = defineRequest({
  method: 'secret/set',
  summary: 'Store a secret, encrypted, as its next version. Without a value only the note of the one that is set changes.',
  params: () =>
    z.object({
      name: z.string().min(1),
      value: z.string().optional().describe('Blank is as good as absent.'),
      note: z.string().max(100).optional(),
      actor: actor.optional(),
      ...withMeta,
    }),
  result: () => z.object({ version: z.number().int(), ...withMeta }),
});

import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { actor } from '../shapes/actor.ts';
import { withMeta } from '../shapes/json.ts';

export const deleteSecret = defineRequest({
  method: 'secret/delete',
  summary: 'Every version of a secret of the store is deleted: it is unset from then on.',
  params: () => z.object({ name: z.string().min(1), actor: actor.optional(), ...withMeta }),
  result: () => z.null(),
});

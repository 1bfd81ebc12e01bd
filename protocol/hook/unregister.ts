import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { withMeta } from '../shapes/json.ts';

export const unregister = defineRequest({
  method: 'hook/unregister',
  summary: 'Take hooks back. Calls in flight keep the hooks they started with.',
  params: () => z.object({ ids: z.array(z.string()), ...withMeta }),
  result: () => z.object({ unregistered: z.array(z.string()), ...withMeta }),
});

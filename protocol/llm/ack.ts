import * as z from 'zod';
import { defineNotification } from '../define.ts';
import { withMeta } from '../shapes/json.ts';

export const ack = defineNotification({
  method: 'llm/ack',
  summary: 'The host has dealt with every llm/delta up to `seq`; opens the window of `stream.window`.',
  params: () => z.object({ promptId: z.string(), seq: z.number().int(), ...withMeta }),
});

import * as z from 'zod';
import { defineNotification } from './define.ts';
import { withMeta } from './shapes/json.ts';

export const setTrace = defineNotification({
  method: '$/setTrace',
  summary: 'What the sidecar reports through `$/logTrace`: nothing, the methods, or also sizes and times. Never content.',
  params: () => z.object({ value: z.enum(['off', 'messages', 'verbose']), ...withMeta }),
});

import * as z from 'zod';
import { defineNotification } from './define.ts';

export const logTrace = defineNotification({
  method: '$/logTrace',
  summary: 'One step of the sidecar, for debugging; asked for by `$/setTrace`.',
  params: () => z.object({ message: z.string(), verbose: z.string().optional() }),
});

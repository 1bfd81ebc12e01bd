import * as z from 'zod';
import { defineNotification } from './define.ts';

export const cancelRequest = defineNotification({
  method: '$/cancelRequest',
  summary: 'Cancel a request in flight, in either direction. Idempotent; of an unknown or finished id it does nothing.',
  params: () => z.object({ id: z.union([z.string(), z.number().int()]) }),
});

import * as z from 'zod';
import { defineNotification } from './define.ts';
import { withMeta } from './shapes/json.ts';

export const exit = defineNotification({
  method: 'exit',
  summary: 'End the process: exit code 0 after `shutdown`, else 1.',
  params: () => z.object(withMeta),
});

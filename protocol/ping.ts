import * as z from 'zod';
import { defineRequest } from './define.ts';
import { withMeta } from './shapes/json.ts';

export const ping = defineRequest({
  method: 'ping',
  summary: 'Answers at once, in both directions, also before `initialize`.',
  params: () => z.object(withMeta),
  result: () => z.object(withMeta),
});

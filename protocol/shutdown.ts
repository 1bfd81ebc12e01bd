import * as z from 'zod';
import { defineRequest } from './define.ts';
import { withMeta } from './shapes/json.ts';

export const shutdown = defineRequest({
  method: 'shutdown',
  summary: 'Refuse new work, finish or cancel what runs (10 s), close groups. Then send `exit` or close the pipe.',
  params: () => z.object(withMeta),
  result: () => z.null(),
});

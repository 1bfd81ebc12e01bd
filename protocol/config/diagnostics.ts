import * as z from 'zod';
import { defineNotification } from '../define.ts';
import { diagnostic } from '../shapes/diagnostic.ts';
import { withMeta } from '../shapes/json.ts';

export const diagnostics = defineNotification({
  method: 'config/diagnostics',
  summary: 'All problems of the configuration, after every change of the file; replaces the list before.',
  params: () => z.object({ path: z.string().nullable(), diagnostics: z.array(diagnostic), ...withMeta }),
});

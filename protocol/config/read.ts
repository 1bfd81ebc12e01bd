import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { diagnostic } from '../shapes/diagnostic.ts';
import { json, withMeta } from '../shapes/json.ts';

export type ConfigReadResult = z.infer<ReturnType<typeof result>>;
const result = () =>
  z.object({
    path: z.string().nullable(),
    config: json.describe('The configuration in force. Secrets by name only; a value from `$env` is shown as its variable.'),
    diagnostics: z.array(diagnostic),
    ...withMeta,
  });

export const read = defineRequest({
  method: 'config/read',
  summary: 'The configuration in force and its problems.',
  params: () => z.object(withMeta),
  result,
});

import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { contentPart, message } from '../shapes/content.ts';
import { historyEntry } from '../shapes/history.ts';
import { withMeta } from '../shapes/json.ts';

export type HistoryReadResult = z.infer<ReturnType<typeof result>>;
const result = () =>
  historyEntry.extend({
    system: z.string().optional(),
    messages: z
      .array(message)
      .optional()
      .describe('What it was asked with that the response before it in its prompt was not; absent: not kept.'),
    answer: z.array(contentPart).optional().describe('absent: not kept.'),
    ...withMeta,
  });

export const read = defineRequest({
  method: 'history/read',
  summary: 'One response, with what was asked and answered where that is kept.',
  params: () => z.object({ responseId: z.string(), ...withMeta }),
  result,
});

import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { wireError } from '../errors.ts';
import { open, withMeta } from '../shapes/json.ts';
import { cost, usage } from '../shapes/usage.ts';

export type GroupCloseParams = z.infer<ReturnType<typeof params>>;
const params = () =>
  z.object({
    groupId: z.string(),
    mode: open('wait', 'cancel').optional().describe('wait (default): until every response is complete; cancel: stop them.'),
    timeoutMs: z.number().int().min(1).optional().describe('After this, `wait` becomes `cancel`.'),
    ...withMeta,
  });

export type GroupCloseResult = z.infer<ReturnType<typeof result>>;
const result = () =>
  z.object({
    groupId: z.string(),
    responses: z.array(
      z.object({
        promptId: z.string(),
        status: z.enum(['ok', 'error', 'cancelled']),
        usage,
        cost,
        error: wireError.optional(),
      }),
    ),
    usage,
    cost,
    exitHooks: z.object({
      ran: z.number().int(),
      failed: z.array(z.object({ registrationId: z.string(), message: z.string() })),
    }),
    ...withMeta,
  });

export const groupClose = defineRequest({
  method: 'llm/groupClose',
  summary: 'Refuse new prompts, wait for the running ones (or cancel them), report. A second close gives the same answer.',
  params,
  result,
});

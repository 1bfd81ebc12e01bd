import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { actor } from '../shapes/actor.ts';
import { jsonObject, withMeta } from '../shapes/json.ts';
import { usd } from '../shapes/usage.ts';

export type GroupOpenParams = z.infer<ReturnType<typeof params>>;
const params = () =>
  z.object({
    groupId: z.string().min(1).optional().describe('Chosen by the host, or given in the result.'),
    purpose: z.string().optional(),
    model: z.string().optional(),
    actor: actor.optional(),
    reserveUsd: usd.optional().describe('What it holds of its budgets for its prompts. Default: what the configuration says.'),
    metadata: jsonObject.optional(),
    ...withMeta,
  });

export type GroupOpenResult = z.infer<ReturnType<typeof result>>;
const result = () =>
  z.object({
    groupId: z.string(),
    model: z.string().nullable().describe('What prompts of the group use unless they name another; null: no default is configured.'),
    ...withMeta,
  });

export const groupOpen = defineRequest({
  method: 'llm/groupOpen',
  summary: 'Group prompts that belong together: one model, purpose and actor, one report.',
  params,
  result,
});

import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { actor } from '../shapes/actor.ts';
import { jsonObject, withMeta } from '../shapes/json.ts';
import { keySource } from '../shapes/model.ts';
import { cost, usage } from '../shapes/usage.ts';

export type EmbedParams = z.infer<ReturnType<typeof params>>;
const params = () =>
  z.object({
    model: z.string().optional(),
    purpose: z.string().optional(),
    actor: actor.optional(),
    groupId: z.string().optional(),
    input: z.array(z.string()).min(1),
    options: jsonObject.optional(),
    timeoutMs: z.number().int().min(1).optional(),
    metadata: jsonObject.optional(),
    ...withMeta,
  });

export type EmbedResult = z.infer<ReturnType<typeof result>>;
const result = () =>
  z.object({
    model: z.string(),
    embeddings: z.array(z.array(z.number())).describe('One vector for each input, in its order.'),
    usage,
    cost,
    keySource: keySource.optional(),
    ...withMeta,
  });

export const embed = defineRequest({
  method: 'llm/embed',
  summary: 'Turn texts into vectors, through the same policy, keys, hooks and usage as a prompt.',
  params,
  result,
});

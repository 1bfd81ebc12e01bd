import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { actor } from '../shapes/actor.ts';
import { withMeta } from '../shapes/json.ts';
import { modelInfo } from '../shapes/model.ts';

export type ModelsParams = z.infer<ReturnType<typeof params>>;
const params = () =>
  z.object({
    purpose: z.string().optional(),
    actor: actor.optional(),
    includeUnavailable: z.boolean().optional().describe('Also those that may not be used, each with the reason.'),
    ...withMeta,
  });

export type ModelsResult = z.infer<ReturnType<typeof result>>;
const result = () =>
  z.object({
    models: z.array(modelInfo).describe('The default first, then in the order of the configuration, then of the catalogue.'),
    default: z.string().nullable(),
    ...withMeta,
  });

export const models = defineRequest({
  method: 'llm/models',
  summary: 'The models this actor may use for this purpose.',
  params,
  result,
});

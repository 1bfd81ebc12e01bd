import * as z from 'zod';
import { wireError } from '../errors.ts';
import { actor } from './actor.ts';
import { contentPart } from './content.ts';
import { hookPoints } from './hookPoints.ts';
import { jsonObject, open, withMeta } from './json.ts';
import { cost, usage } from './usage.ts';

export type HookRegistration = z.infer<typeof hookRegistration>;
export const hookRegistration = z
  .object({
    id: z
      .string()
      .min(1)
      .describe('Chosen by the host. promptStart and promptEnd of one id belong together: `state` goes from one to the other.'),
    point: open(...hookPoints),
    match: z
      .object({ purposes: z.array(z.string()).optional(), models: z.array(z.string()).optional() })
      .optional()
      .describe('Where it applies; looked at in the sidecar, so it costs no round trip elsewhere.'),
    order: z.number().optional().describe('Lower comes first; default 0. Then plugins before the host, then as registered.'),
    timeoutMs: z.number().int().min(1).optional().describe('Default 30000.'),
    onFailure: z
      .enum(['fail', 'skip'])
      .optional()
      .describe('Default: fail for filterModels, defaultModel and promptStart; skip for promptEnd and groupExit.'),
    include: z
      .array(open('content', 'actor', 'metadata'))
      .optional()
      .describe('What the requests carry besides the names. Default: none of it.'),
  })
  .meta({ id: 'HookRegistration' });

export type HookRegistrationResult = z.infer<typeof hookRegistrationResult>;
export const hookRegistrationResult = z
  .object({ id: z.string(), status: z.enum(['registered', 'rejected']), reason: z.string().optional() })
  .meta({ id: 'HookRegistrationResult' });

/** What every hook request says. */
export const hookContext = {
  registrationId: z.string(),
  promptId: z.string().optional(),
  groupId: z.string().optional(),
  step: z.number().int().optional(),
  purpose: z.string().optional(),
  actor: actor.optional(),
  metadata: jsonObject.optional(),
  depth: z
    .number()
    .int()
    .describe(
      'How many hooks deep the call is that asks, from 0. A handler that calls llm/* itself gives it back as `_meta.depth`; at most 8.',
    ),
  ...withMeta,
};

export const promptEndOutcome = {
  outcome: open('ok', 'error', 'cancelled'),
  error: wireError.optional(),
  usage,
  cost,
  durationMs: z.number(),
  content: z.array(contentPart).optional(),
};

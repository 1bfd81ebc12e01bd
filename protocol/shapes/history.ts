import * as z from 'zod';
import { open } from './json.ts';
import { keySource } from './model.ts';
import { cost, usage } from './usage.ts';

/** Which responses. Every member that is given has to fit. */
export type HistoryFilter = z.infer<typeof historyFilter>;
export const historyFilter = z
  .object({
    model: z.string().optional(),
    purpose: z.string().optional(),
    actor: z.string().optional().describe('The id of the actor.'),
    group: z.string().optional(),
    promptId: z.string().optional(),
    conversationId: z.string().optional(),
    outcome: open('ok', 'error', 'cancelled', 'lost').optional(),
  })
  .meta({ id: 'HistoryFilter' });

/** One response of a model. A prompt with tool calls has several, and so has one whose first attempts failed. */
export type HistoryEntry = z.infer<typeof historyEntry>;
export const historyEntry = z
  .object({
    responseId: z.string(),
    promptId: z.string(),
    kind: open('prompt', 'embed'),
    step: z.number().int().describe('Counts from 0 within the prompt.'),
    attempt: z.number().int().describe('Counts from 0 within the step; those before the last one failed.'),
    groupId: z.string().optional(),
    conversationId: z.string().optional(),
    model: z.string(),
    provider: z.string(),
    purpose: z.string().optional(),
    actor: z.string().optional().describe('The id of the actor.'),
    keySource: keySource.optional(),
    outcome: open('ok', 'error', 'cancelled', 'lost', 'running').describe(
      'lost: its sidecar was gone before it ended, and what was known by then is charged.',
    ),
    stopReason: z.string().optional(),
    errorKind: z.string().optional(),
    usage,
    cost,
    startedAt: z.string(),
    firstDeltaMs: z.number().optional(),
    durationMs: z.number().optional(),
  })
  .meta({ id: 'HistoryEntry' });

import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { actor } from '../shapes/actor.ts';
import { contentPart } from '../shapes/content.ts';
import { json, withMeta } from '../shapes/json.ts';

export const call = defineRequest({
  method: 'tool/call',
  summary: 'The model calls a tool of the host. Calls of one step are asked in parallel.',
  params: () =>
    z.object({
      promptId: z.string(),
      step: z.number().int(),
      toolCallId: z.string(),
      name: z.string(),
      args: json,
      groupId: z.string().optional(),
      actor: actor.optional(),
      ...withMeta,
    }),
  result: () =>
    z.object({
      content: z.union([z.string(), z.array(contentPart)]),
      isError: z.boolean().optional().describe('Goes to the model as a failure of the tool.'),
      pause: z
        .boolean()
        .optional()
        .describe('Ends the prompt with `paused`: the chain goes on from its messages when the call has been approved.'),
      data: json.optional(),
      ...withMeta,
    }),
});

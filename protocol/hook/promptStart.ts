import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { message } from '../shapes/content.ts';
import { hookContext } from '../shapes/hook.ts';
import { json, jsonObject, withMeta } from '../shapes/json.ts';

export const promptStart = defineRequest({
  method: 'hook/promptStart',
  summary: 'A response is about to be asked for: go on (with changes), or refuse.',
  params: () =>
    z.object({
      ...hookContext,
      promptId: z.string(),
      step: z.number().int(),
      model: z.string(),
      prompt: z.string().optional().describe("The text of the last user turn; with include 'content'."),
      system: z.string().optional().describe("With include 'content'."),
      options: jsonObject.optional(),
      messages: z.array(message).optional().describe("With include 'content'."),
    }),
  result: () =>
    z.union([
      z.object({
        action: z.literal('continue'),
        state: json.optional().describe('Given back in hook/promptEnd, so that the host need not keep any.'),
        patch: z.object({ system: z.string().optional(), options: jsonObject.optional() }).optional(),
        ...withMeta,
      }),
      z.object({ action: z.literal('reject'), reason: z.string(), data: json.optional(), ...withMeta }),
    ]),
});

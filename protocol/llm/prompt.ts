import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { actor } from '../shapes/actor.ts';
import { attachmentPart, contentPart, message, toolChoice, toolSpec } from '../shapes/content.ts';
import { json, jsonObject, open, withMeta } from '../shapes/json.ts';
import { keySource } from '../shapes/model.ts';
import { cost, usage } from '../shapes/usage.ts';

const stopReason = open('end', 'length', 'toolCalls', 'stepLimit', 'contentFilter', 'paused', 'interrupted', 'cancelled');

export type PromptParams = z.infer<ReturnType<typeof params>>;
const params = () =>
  z.object({
    promptId: z.string().min(1).optional().describe('Chosen by the host, unique in flight. Required with `stream`.'),
    model: z.string().optional(),
    purpose: z.string().optional(),
    actor: actor.optional(),
    groupId: z.string().optional(),
    conversationId: z
      .string()
      .min(1)
      .optional()
      .describe('Continues the conversation that the sidecar keeps under this id, or begins one.'),
    prompt: z.string().optional().describe('`prompt`, or `messages`, or `messages` followed by `prompt` as a new turn.'),
    messages: z.array(message).optional(),
    system: z.string().optional(),
    attachments: z.array(attachmentPart).optional(),
    options: jsonObject.optional().describe("Checked against the model's optionsSchema."),
    schema: jsonObject.optional().describe('JSON Schema the answer must satisfy.'),
    tools: z.array(toolSpec).optional(),
    toolChoice: toolChoice.optional(),
    toolNames: z.array(z.string()).optional().describe('Tools of plugins and MCP servers: `name`, `server/name`, `server/*`.'),
    maxSteps: z.number().int().min(1).optional().describe('The most responses of the model in a chain of tool calls. Default 10.'),
    stream: z
      .object({
        window: z.number().int().min(1).optional().describe('At most this many llm/delta not yet acknowledged by llm/ack.'),
        intervalMs: z.number().int().min(0).optional().describe('Fewer, larger notifications: at most one in this time. Default 0.'),
        include: z
          .array(open('reasoning', 'toolArgs', 'usage'))
          .optional()
          .describe('Delta types wanted besides the text. Default: all.'),
      })
      .optional()
      .describe('Ask for llm/delta notifications.'),
    omitContent: z.boolean().optional().describe('Leave `text` and `messages` out of the result: the host has them from the deltas.'),
    timeoutMs: z.number().int().min(1).optional(),
    metadata: jsonObject.optional().describe("The host's own, handed to hooks and the history."),
    ...withMeta,
  });

export type PromptStep = z.infer<typeof promptStep>;
const promptStep = z
  .object({
    model: z.string(),
    responseId: z.string().optional().describe("The provider's id of the response."),
    stopReason,
    usage,
    cost,
    content: z.array(contentPart).optional(),
    toolResults: z.array(contentPart).optional(),
    failure: z
      .object({ kind: z.string(), message: z.string() })
      .optional()
      .describe('Why it did not end well, where a fallback was asked in its place. Its content is discarded.'),
  })
  .meta({ id: 'PromptStep', description: 'One response of the model; a chain of tool calls has several.' });

export type PromptResult = z.infer<ReturnType<typeof result>>;
const result = () =>
  z.object({
    promptId: z.string(),
    model: z.string(),
    keySource: keySource.optional(),
    conversationId: z.string().optional(),
    stopReason: stopReason.describe('`interrupted` and `cancelled`: the content is partial, not a success.'),
    usage,
    cost,
    steps: z.array(promptStep),
    text: z.string().optional().describe('All text parts joined; absent with `omitContent`.'),
    parsed: json.optional().describe('With `schema`: the answer, parsed and validated.'),
    messages: z.array(message).optional().describe('What was sent plus what came back: enough to continue. Absent with `omitContent`.'),
    stream: z
      .object({
        lastSeq: z.number().int().describe('-1: there was no delta.'),
        textBytes: z.number().int().describe('UTF-8 bytes of all text.'),
      })
      .optional(),
    timing: z.object({
      startedAt: z.string().describe('ISO 8601, UTC.'),
      firstDeltaMs: z.number().optional(),
      durationMs: z.number(),
    }),
    ...withMeta,
  });

export const prompt = defineRequest({
  method: 'llm/prompt',
  summary: 'Send a prompt to a model. With `stream` the answer arrives as llm/delta before the result.',
  params,
  result,
});

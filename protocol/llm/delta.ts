import * as z from 'zod';
import { defineNotification } from '../define.ts';
import { contentPart, type ContentPart } from '../shapes/content.ts';
import { open, withMeta, type Json } from '../shapes/json.ts';
import { usage, type Usage } from '../shapes/usage.ts';

export type PartKind = 'text' | 'reasoning' | 'toolCall' | 'attachment' | (string & {});

/** One change of an answer that is being written. `part` counts from 0 over the whole prompt, `step` too. */
export type Delta =
  | { type: 'step'; step: number; model: string }
  | { type: 'part'; step: number; part: number; kind: PartKind; toolCallId?: string | undefined; name?: string | undefined }
  | { type: 'text' | 'reasoning' | 'toolArgs'; part: number; text: string }
  | { type: 'partEnd'; part: number; content?: ContentPart | undefined }
  | { type: 'toolResult'; step: number; toolCallId: string; isError?: boolean | undefined; content?: ContentPart[] | undefined }
  | { type: 'usage'; step: number; usage: Usage }
  | { type: 'reset'; step: number; fromPart: number; reason: 'retry' | 'fallback' | (string & {}) }
  | { type: 'warning'; code: string; message: string }
  | { type: `_${string}`; [key: string]: Json };

const part = z.number().int();
const step = z.number().int();
export const delta: z.ZodType<Delta, Delta> = z
  .union([
    z.object({ type: z.literal('step'), step, model: z.string() }).describe('A response of the model begins.'),
    z
      .object({
        type: z.literal('part'),
        step,
        part,
        kind: open('text', 'reasoning', 'toolCall', 'attachment'),
        toolCallId: z.string().optional(),
        name: z.string().optional(),
      })
      .describe('A part begins.'),
    z
      .object({ type: z.enum(['text', 'reasoning', 'toolArgs']), part, text: z.string() })
      .describe('Append to the part. toolArgs are raw JSON fragments, for display.'),
    z
      .object({ type: z.literal('partEnd'), part, content: contentPart.optional() })
      .describe('The part is complete. `content` is authoritative for tool calls, attachments and signatures.'),
    z.object({
      type: z.literal('toolResult'),
      step,
      toolCallId: z.string(),
      isError: z.boolean().optional(),
      content: z.array(contentPart).optional(),
    }),
    z.object({ type: z.literal('usage'), step, usage }).describe('A snapshot of the step so far; replaces the one before.'),
    z
      .object({ type: z.literal('reset'), step, fromPart: part, reason: open('retry', 'fallback') })
      .describe('Discard the parts from `fromPart` on.'),
    z.object({ type: z.literal('warning'), code: z.string(), message: z.string() }),
    z.looseObject({ type: z.string().regex(/^_/) }).describe('An extension; ignore it if unknown.'),
  ])
  .meta({ id: 'Delta' }) as unknown as z.ZodType<Delta, Delta>;

export type DeltaParams = { promptId: string; seq: number; deltas: Delta[]; _meta?: { [key: string]: Json } | undefined };
const params = () =>
  z.object({
    promptId: z.string(),
    seq: z.number().int().describe('0, 1, 2 … without gaps.'),
    deltas: z.array(delta),
    ...withMeta,
  });

export const deltaNotification = defineNotification({
  method: 'llm/delta',
  summary: 'What a streamed prompt has produced since the last one. All come before the result, none after.',
  params,
});

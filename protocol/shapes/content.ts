import * as z from 'zod';
import { json, jsonObject, open, withMeta, type Json } from './json.ts';

export type ContentPart =
  | { type: 'text'; text: string; providerMetadata?: Json | undefined }
  | { type: 'reasoning'; text: string; signature?: string | undefined; redacted?: boolean | undefined; providerMetadata?: Json | undefined }
  | { type: 'toolCall'; toolCallId: string; name: string; args: Json; signature?: string | undefined; providerMetadata?: Json | undefined }
  | { type: 'toolResult'; toolCallId: string; name?: string | undefined; content: ContentPart[]; isError?: boolean | undefined }
  | { type: 'attachment'; mediaType?: string | undefined; data?: string | undefined; url?: string | undefined; path?: string | undefined }
  | { type: `_${string}`; [key: string]: Json };

const providerMetadata = json
  .optional()
  .describe('Opaque values of the provider (ids, signatures) that the next turn has to carry back unchanged.');

export const contentPart: z.ZodType<ContentPart, ContentPart> = z
  .lazy(() =>
    z.union([
      z.object({ type: z.literal('text'), text: z.string(), providerMetadata }),
      z.object({
        type: z.literal('reasoning'),
        text: z.string(),
        signature: z.string().optional(),
        redacted: z.boolean().optional(),
        providerMetadata,
      }),
      z.object({
        type: z.literal('toolCall'),
        toolCallId: z.string(),
        name: z.string(),
        args: json,
        signature: z.string().optional(),
        providerMetadata,
      }),
      z.object({
        type: z.literal('toolResult'),
        toolCallId: z.string(),
        name: z.string().optional(),
        content: z.array(contentPart),
        isError: z.boolean().optional(),
      }),
      attachmentPart,
      z.looseObject({ type: z.string().regex(/^_/) }),
    ]),
  )
  .meta({
    id: 'ContentPart',
    description: 'One part of a message. Parts whose type begins with _ are extensions.',
  }) as unknown as z.ZodType<ContentPart, ContentPart>;

export type AttachmentPart = Extract<ContentPart, { type: 'attachment' }>;
export const attachmentPart = z
  .object({
    type: z.literal('attachment'),
    mediaType: z.string().optional().describe('For example image/png; detected from the content or the name when left out.'),
    data: z.string().optional().describe('The content, base64.'),
    url: z.string().optional(),
    path: z.string().optional().describe('A file the sidecar can read.'),
  })
  .meta({ id: 'Attachment', description: 'Exactly one of data, url and path.' });

export type Message = {
  role: 'system' | 'user' | 'assistant' | 'tool' | (string & {});
  content: string | ContentPart[];
  providerMetadata?: Json | undefined;
  _meta?: { [key: string]: Json } | undefined;
};
export const message: z.ZodType<Message, Message> = z
  .object({
    role: open('system', 'user', 'assistant', 'tool'),
    content: z.union([z.string(), z.array(contentPart)]),
    providerMetadata,
    ...withMeta,
  })
  .meta({ id: 'Message', description: 'One turn of a conversation.' });

export type ToolSpec = z.infer<typeof toolSpec>;
export const toolSpec = z
  .object({
    name: z.string().min(1),
    description: z.string().optional(),
    inputSchema: jsonObject.describe('JSON Schema of the arguments.'),
  })
  .meta({ id: 'ToolSpec', description: 'A function the model may call.' });

export type ToolChoice = z.infer<typeof toolChoice>;
export const toolChoice = z.union([z.enum(['auto', 'none', 'required']), z.object({ name: z.string() })]);

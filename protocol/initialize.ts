import * as z from 'zod';
import { defineRequest } from './define.ts';
import { diagnostic } from './shapes/diagnostic.ts';
import { hookRegistration, hookRegistrationResult } from './shapes/hook.ts';
import { hookPoints } from './shapes/hookPoints.ts';
import { jsonObject, marker, open, withMeta } from './shapes/json.ts';

export type InitializeParams = z.infer<ReturnType<typeof params>>;
const params = () =>
  z.object({
    protocolVersion: z.object({ min: z.number().int(), max: z.number().int() }).describe('The versions the host understands.'),
    clientInfo: z.object({ name: z.string(), version: z.string(), language: z.string().optional() }),
    capabilities: z
      .object({
        tools: marker.optional(),
        hooks: z.object({ dynamicRegistration: marker.optional() }).optional(),
        secrets: marker.optional(),
        experimental: jsonObject.optional(),
      })
      .default({})
      .describe('What the host can answer.'),
    hooks: z.array(hookRegistration).optional().describe('Registered with the handshake, all before the first call.'),
    purposes: z
      .array(z.object({ name: z.string().min(1), description: z.string().optional() }))
      .optional()
      .describe('The first registration of a name wins.'),
    limits: z
      .object({
        maxMessageBytes: z.number().int().min(1024).optional().describe('The largest message the host accepts.'),
        maxNotificationBytes: z.number().int().min(256).optional().describe('The largest llm/delta the host wants. Default 32768.'),
      })
      .optional(),
    token: z.string().optional().describe('Over --socket: the value of LLM_SIDECAR_SOCKET_TOKEN. Elsewhere it is not looked at.'),
    parentProcessId: z.number().int().positive().optional().describe('The sidecar ends when this process is gone.'),
    trace: z.enum(['off', 'messages', 'verbose']).optional(),
    ...withMeta,
  });

export type InitializeResult = z.infer<ReturnType<typeof result>>;
const result = () =>
  z.object({
    protocolVersion: z.number().int(),
    serverInfo: z.object({ name: z.string(), version: z.string() }),
    instanceId: z.string(),
    capabilities: z.object({
      prompt: z.object({ stream: marker.optional(), ack: marker.optional(), chain: marker.optional() }),
      groups: marker.optional(),
      conversations: marker.optional(),
      secrets: marker.optional(),
      usage: marker.optional(),
      hooks: z
        .object({
          points: z.array(open(...hookPoints)),
          dynamicRegistration: marker.optional(),
        })
        .optional(),
      experimental: jsonObject.optional(),
    }),
    limits: z.object({ maxMessageBytes: z.number().int(), maxConcurrentPrompts: z.number().int() }),
    hooks: z.array(hookRegistrationResult),
    schema: z.object({ sha256: z.string().describe('Of the OpenRPC document that rpc.discover gives.') }),
    config: z.object({ path: z.string().nullable(), diagnostics: z.array(diagnostic) }),
    ...withMeta,
  });

export const initialize = defineRequest({
  method: 'initialize',
  summary: 'The handshake; comes first. The sidecar is ready when it is answered.',
  params,
  result,
});

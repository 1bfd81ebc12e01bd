import * as z from 'zod';
import { contentPart } from './shapes/content.ts';
import { json, open } from './shapes/json.ts';
import { cost, usage } from './shapes/usage.ts';

/** `data.kind` of an error, for programs, and the JSON-RPC code it travels with. Both are stable. */
export const errorCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  notInitialized: -32002,
  cancelled: -32800,
  serverCancelled: -32802,
  unsupportedProtocolVersion: -31002,
  capabilityRequired: -31003,
  overloaded: -31004,
  shuttingDown: -31005,
  messageTooLarge: -31006,
  modelNotFound: -31010,
  modelNotAllowed: -31011,
  noDefaultModel: -31012,
  keyMissing: -31013,
  unsupportedFeature: -31014,
  providerError: -31020,
  providerAuth: -31021,
  rateLimited: -31022,
  contextLength: -31023,
  contentFiltered: -31024,
  providerTimeout: -31025,
  providerQuota: -31026,
  groupNotFound: -31030,
  groupClosed: -31031,
  conversationNotFound: -31032,
  hookRejected: -31040,
  hookFailed: -31041,
  hookTimeout: -31042,
  toolNotFound: -31050,
  toolTimeout: -31051,
  budgetExceeded: -31060,
  insufficientBalance: -31061,
  secretNotFound: -31070,
  secretsUnavailable: -31071,
  storageUnavailable: -31072,
} as const;

export type ErrorKind = keyof typeof errorCodes;

/** What arrived before the failure. It was paid for, and it is never a success. */
export type Partial = z.infer<typeof partial>;
export const partial = z
  .object({
    content: z.array(contentPart),
    usage,
    cost,
    lastSeq: z.number().int().optional().describe('The `seq` of the last llm/delta; absent when there was none.'),
  })
  .meta({ id: 'Partial' });

/**
 * `error.data`. `kind` also has `duplicateId` and `batchNotSupported`, which travel with the code of `invalidRequest`.
 */
export type ErrorData = z.infer<typeof errorData>;
export const errorData = z
  .object({
    kind: open(...(Object.keys(errorCodes) as ErrorKind[]), 'duplicateId', 'batchNotSupported'),
    retryable: z.boolean().describe('The same call may succeed later.'),
    retryAfterMs: z.number().int().optional(),
    provider: z.object({ name: z.string(), status: z.number().int().optional(), requestId: z.string().optional() }).optional(),
    issues: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('What is wrong with the params.'),
    required: json.optional().describe('What is missing: a capability, a key, a setting.'),
    registrationId: z.string().optional().describe('The hook that refused or failed.'),
    data: json.optional().describe('What a hook said with its refusal.'),
    limit: json.optional(),
    suggestions: z.array(z.string()).optional(),
    partial: partial.optional(),
    errorId: z.string().optional().describe('Also on stderr, next to the details that do not cross the wire.'),
  })
  .meta({ id: 'ErrorData' });

export type WireError = z.infer<typeof wireError>;
export const wireError = z.object({ code: z.number().int(), message: z.string(), data: errorData.optional() }).meta({ id: 'Error' });

import type * as z from 'zod';
import { cancelRequest } from './cancelRequest.ts';
import { diagnostics } from './config/diagnostics.ts';
import { read as configRead } from './config/read.ts';
import type { NotificationContract, RequestContract } from './define.ts';
import { exit } from './exit.ts';
import { initialize } from './initialize.ts';
import { ack } from './llm/ack.ts';
import { deltaNotification } from './llm/delta.ts';
import { groupClose } from './llm/groupClose.ts';
import { groupOpen } from './llm/groupOpen.ts';
import { models } from './llm/models.ts';
import { modelsChanged } from './llm/modelsChanged.ts';
import { prompt } from './llm/prompt.ts';
import { logTrace } from './logTrace.ts';
import { ping } from './ping.ts';
import { discover } from './rpc/discover.ts';
import { setTrace } from './setTrace.ts';
import { shutdown } from './shutdown.ts';

/** Every message of the protocol, by direction and wire name. */
export const clientRequests = {
  initialize,
  shutdown,
  ping,
  'rpc.discover': discover,
  'llm/models': models,
  'llm/prompt': prompt,
  'llm/groupOpen': groupOpen,
  'llm/groupClose': groupClose,
  'config/read': configRead,
} as const satisfies Record<string, RequestContract>;

export const clientNotifications = {
  exit,
  'llm/ack': ack,
  '$/cancelRequest': cancelRequest,
  '$/setTrace': setTrace,
} as const satisfies Record<string, NotificationContract>;

export const serverRequests = { ping } as const satisfies Record<string, RequestContract>;

export const serverNotifications = {
  'llm/delta': deltaNotification,
  'llm/modelsChanged': modelsChanged,
  'config/diagnostics': diagnostics,
  '$/cancelRequest': cancelRequest,
  '$/logTrace': logTrace,
} as const satisfies Record<string, NotificationContract>;

export type ClientRequest = keyof typeof clientRequests;
export type ClientNotification = keyof typeof clientNotifications;
export type ServerNotification = keyof typeof serverNotifications;

export type ParamsOf<Contract extends { params: z.ZodType }> = z.input<Contract['params']>;
export type ParsedParamsOf<Contract extends { params: z.ZodType }> = z.output<Contract['params']>;
export type ResultOf<Contract extends { result: z.ZodType }> = z.output<Contract['result']>;

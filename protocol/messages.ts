import type * as z from 'zod';
import { cancelRequest } from './cancelRequest.ts';
import { diagnostics } from './config/diagnostics.ts';
import { read as configRead } from './config/read.ts';
import { deleteConversation } from './conversation/delete.ts';
import { list as conversationList } from './conversation/list.ts';
import { read as conversationRead } from './conversation/read.ts';
import type { NotificationContract, RequestContract } from './define.ts';
import { exit } from './exit.ts';
import { list as historyList } from './history/list.ts';
import { read as historyRead } from './history/read.ts';
import { defaultModel } from './hook/defaultModel.ts';
import { filterModels } from './hook/filterModels.ts';
import { groupExit } from './hook/groupExit.ts';
import { promptEnd } from './hook/promptEnd.ts';
import { promptStart } from './hook/promptStart.ts';
import { register } from './hook/register.ts';
import { unregister } from './hook/unregister.ts';
import { initialize } from './initialize.ts';
import { ack } from './llm/ack.ts';
import { deltaNotification } from './llm/delta.ts';
import { embed } from './llm/embed.ts';
import { explain } from './llm/explain.ts';
import { groupClose } from './llm/groupClose.ts';
import { groupOpen } from './llm/groupOpen.ts';
import { models } from './llm/models.ts';
import { modelsChanged } from './llm/modelsChanged.ts';
import { prompt } from './llm/prompt.ts';
import { purposes } from './llm/purposes.ts';
import { logTrace } from './logTrace.ts';
import { ping } from './ping.ts';
import { discover } from './rpc/discover.ts';
import { deleteSecret } from './secret/delete.ts';
import { list as secretList } from './secret/list.ts';
import { resolve } from './secret/resolve.ts';
import { set as secretSet } from './secret/set.ts';
import { setTrace } from './setTrace.ts';
import { shutdown } from './shutdown.ts';
import { call as toolCall } from './tool/call.ts';
import { summary } from './usage/summary.ts';

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
  'llm/purposes': purposes,
  'llm/explain': explain,
  'llm/embed': embed,
  'hook/register': register,
  'hook/unregister': unregister,
  'conversation/list': conversationList,
  'conversation/read': conversationRead,
  'conversation/delete': deleteConversation,
  'secret/list': secretList,
  'secret/set': secretSet,
  'secret/delete': deleteSecret,
  'usage/summary': summary,
  'history/list': historyList,
  'history/read': historyRead,
  'config/read': configRead,
} as const satisfies Record<string, RequestContract>;

export const clientNotifications = {
  exit,
  'llm/ack': ack,
  '$/cancelRequest': cancelRequest,
  '$/setTrace': setTrace,
} as const satisfies Record<string, NotificationContract>;

export const serverRequests = {
  ping,
  'hook/filterModels': filterModels,
  'hook/defaultModel': defaultModel,
  'hook/promptStart': promptStart,
  'hook/promptEnd': promptEnd,
  'hook/groupExit': groupExit,
  'tool/call': toolCall,
  'secret/resolve': resolve,
} as const satisfies Record<string, RequestContract>;

export const serverNotifications = {
  'llm/delta': deltaNotification,
  'llm/modelsChanged': modelsChanged,
  'config/diagnostics': diagnostics,
  '$/cancelRequest': cancelRequest,
  '$/logTrace': logTrace,
} as const satisfies Record<string, NotificationContract>;

export type ClientRequest = keyof typeof clientRequests;
export type ClientNotification = keyof typeof clientNotifications;
export type ServerRequest = keyof typeof serverRequests;
export type ServerNotification = keyof typeof serverNotifications;

export type ParamsOf<Contract extends { params: z.ZodType }> = z.input<Contract['params']>;
export type ParsedParamsOf<Contract extends { params: z.ZodType }> = z.output<Contract['params']>;
export type ResultOf<Contract extends { result: z.ZodType }> = z.output<Contract['result']>;

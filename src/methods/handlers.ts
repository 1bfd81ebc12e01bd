import type {
  ClientNotification,
  ClientRequest,
  clientNotifications,
  clientRequests,
  ParsedParamsOf,
  ResultOf,
} from '../../protocol/index.ts';
import type { Session } from '../session/session.ts';
import { read as configRead } from './config/read.ts';
import { deleteConversation } from './conversation/delete.ts';
import { list as conversationList } from './conversation/list.ts';
import { read as conversationRead } from './conversation/read.ts';
import { exit } from './exit.ts';
import { list as historyList } from './history/list.ts';
import { read as historyRead } from './history/read.ts';
import { register } from './hook/register.ts';
import { unregister } from './hook/unregister.ts';
import { initialize } from './initialize.ts';
import { ack } from './llm/ack.ts';
import { embed } from './llm/embed.ts';
import { explain } from './llm/explain.ts';
import { groupClose } from './llm/groupClose.ts';
import { groupOpen } from './llm/groupOpen.ts';
import { models } from './llm/models.ts';
import { prompt } from './llm/prompt.ts';
import { purposes } from './llm/purposes.ts';
import { ping } from './ping.ts';
import { discover } from './rpc/discover.ts';
import { deleteSecret } from './secret/delete.ts';
import { list as secretList } from './secret/list.ts';
import { set as secretSet } from './secret/set.ts';
import { setTrace } from './setTrace.ts';
import { shutdown } from './shutdown.ts';
import { summary } from './usage/summary.ts';

/** What a handler may do with the connection it serves. */
export interface Context {
  readonly signal: AbortSignal;
  readonly peer: Peer;
}
export interface Peer {
  /** Resolves when the pipe has taken it. */
  notify(method: string, params: object): Promise<void>;
  /** Asks the host. */
  request(method: string, params: object, signal?: AbortSignal): Promise<unknown>;
  /** Bytes that the host has not taken yet. */
  readonly backlogBytes: number;
}

export type Params<Method extends ClientRequest> = ParsedParamsOf<(typeof clientRequests)[Method]>;
export type Result<Method extends ClientRequest> = ResultOf<(typeof clientRequests)[Method]>;
export type RequestHandlers = {
  [Method in ClientRequest]: (session: Session, params: Params<Method>, context: Context) => Promise<Result<Method>>;
};

type Handled = Exclude<ClientNotification, '$/cancelRequest'>;
export type NotificationHandlers = {
  [Method in Handled]: (session: Session, params: ParsedParamsOf<(typeof clientNotifications)[Method]>) => void;
};

/** Total: a message of the contract without a handler does not compile. */
export const requestHandlers = {
  initialize,
  shutdown,
  ping,
  'rpc.discover': discover,
  'llm/models': models,
  'llm/prompt': prompt,
  'llm/embed': embed,
  'llm/groupOpen': groupOpen,
  'llm/groupClose': groupClose,
  'llm/explain': explain,
  'llm/purposes': purposes,
  'hook/register': register,
  'hook/unregister': unregister,
  'conversation/list': conversationList,
  'conversation/read': conversationRead,
  'conversation/delete': deleteConversation,
  'usage/summary': summary,
  'history/list': historyList,
  'history/read': historyRead,
  'secret/list': secretList,
  'secret/set': secretSet,
  'secret/delete': deleteSecret,
  'config/read': configRead,
} satisfies RequestHandlers;

export const notificationHandlers = { exit, 'llm/ack': ack, '$/setTrace': setTrace } satisfies NotificationHandlers;

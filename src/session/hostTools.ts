import type { AnswerTool } from '../engine/ports.ts';
import { serverRequests } from '../../protocol/messages.ts';
import { Failure } from '../lib/failure.ts';
import type { Session } from './session.ts';

interface Peer {
  request(method: string, params: object, signal?: AbortSignal): Promise<unknown>;
}

/** The host answers calls of the tools it brings, if it said in `initialize` that it can. It hears of a call first by its delta. */
export function hostTools(session: Session, peer: Peer): AnswerTool | undefined {
  if (session.host?.capabilities.tools === undefined) return undefined;
  return async ({ depth, groupId, ...call }, signal) => {
    await session.prompts.get(call.promptId)?.pump?.flush();
    signal.throwIfAborted();
    const _meta = { depth, ...session.engine.telemetry?.around() };
    const answer = await peer.request('tool/call', { ...call, ...(groupId === undefined ? {} : { groupId }), _meta }, signal);
    const parsed = serverRequests['tool/call'].result.safeParse(answer);
    if (!parsed.success) {
      const { path = [], message = '' } = parsed.error.issues[0] ?? {};
      throw new Failure('hookFailed', `The host's answer to tool/call is not a tool result: ${[...path, message].join(': ')}`);
    }
    return parsed.data;
  };
}

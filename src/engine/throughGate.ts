import type { Actor, JsonObject, Usage } from '../../protocol/index.ts';
import { estimateInput, type Sent } from '../pricing/estimateUsage.ts';
import type { Engine } from './engine.ts';
import type { Gate } from './gatePorts.ts';

export interface GatedRequest {
  readonly provider: string;
  readonly share: string;
  readonly sent: Sent & { readonly options?: JsonObject | undefined };
  readonly signal: AbortSignal;
  readonly deadlineAt?: number | undefined;
}

/** One request, when the limits of its provider let it go out. Throws overloaded where they do not in time. */
export function throughGate<T extends { readonly usage: Usage }>(
  { gates }: Pick<Engine, 'gates'>,
  request: GatedRequest,
  send: () => Promise<T>,
): Promise<T> {
  const gate = gates.find(request.provider);
  return gate === undefined ? send() : sendThrough(gate, request, send);
}

async function sendThrough<T extends { readonly usage: Usage }>(
  gate: Gate,
  { share, sent, signal, deadlineAt }: GatedRequest,
  send: () => Promise<T>,
): Promise<T> {
  const passed = await gate.enter({ share, tokens: tokensOf(sent), signal, deadlineAt });
  let used: number | undefined;
  try {
    const done = await send();
    const { inputTokens, outputTokens } = done.usage;
    used = inputTokens === null ? undefined : inputTokens + (outputTokens ?? 0);
    return done;
  } finally {
    passed.leave(used);
  }
}

/** Who takes turns: the same actor with the same purpose is one. */
export function shareOf({ actor, purpose }: { readonly actor: Actor | undefined; readonly purpose: string | undefined }): string {
  return JSON.stringify([actor?.id ?? null, purpose ?? null]);
}

/** As providers count before they answer: the prompt, and the longest answer that is asked for. */
function tokensOf(sent: GatedRequest['sent']): number {
  const longest = sent.options?.['max_tokens'];
  return estimateInput(sent) + (typeof longest === 'number' ? longest : 0);
}

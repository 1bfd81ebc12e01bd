import type { ContentPart, Message } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import type { Engine } from './engine.ts';
import type { ConversationStore, StoredConversation } from './conversationStore.ts';
import type { PromptOutcome, PromptRequest } from './promptRequest.ts';
import { unansweredCalls } from './toolMessages.ts';
import { createTurns, type Turns } from './turns.ts';

export interface Conversations {
  readonly store: ConversationStore;
  readonly turns: Turns;
  /** The time, ISO 8601; never twice the same, so that pages of a listing lose nothing. */
  now(): string;
}

export function createConversations(store: ConversationStore): Conversations {
  let last = 0;
  return {
    store,
    turns: createTurns(),
    now: () => {
      last = Math.max(Date.now(), last + 1);
      return new Date(last).toISOString();
    },
  };
}

/**
 * Runs a prompt as the next turn of its conversation: after the turns that came before it, with what was said in them. A
 * turn that failed, was cancelled or interrupted is not kept. behaviour 5.4.
 */
export function inConversation(
  engine: Pick<Engine, 'conversations' | 'log'>,
  request: PromptRequest,
  signal: AbortSignal,
  run: Run,
): Promise<PromptOutcome> {
  const { conversationId: id } = request;
  return id === undefined ? run(request) : inTurn(engine, { ...request, conversationId: id }, signal, run);
}

type Run = (request: PromptRequest) => Promise<PromptOutcome>;

async function inTurn(
  { conversations, log }: Pick<Engine, 'conversations' | 'log'>,
  request: PromptRequest & { readonly conversationId: string },
  signal: AbortSignal,
  run: Run,
): Promise<PromptOutcome> {
  const { conversationId: id } = request;
  const endTurn = await conversations.turns.take(id, signal);
  try {
    const before = await conversations.store.read(id);
    const continued = continueFrom(request, before);
    const outcome = await run(continued);
    if (outcome.stopReason === 'cancelled' || outcome.stopReason === 'interrupted') return outcome;
    try {
      const after = afterTurn({ id, before, continued, outcome, updatedAt: conversations.now() });
      await conversations.store.write(after, before?.updatedAt ?? null);
      return outcome;
    } catch (error) {
      // The answer was paid for: it is given, with a warning.
      const message = error instanceof Failure ? error.message : `The conversation "${id}" could not be kept as it is after this turn.`;
      log(`${message} (${error instanceof Error ? error.name : 'thrown'})`);
      return { ...outcome, warnings: [...outcome.warnings, { code: 'conversationNotKept', message }] };
    }
  } finally {
    endTurn();
  }
}

/** The prompt with what was said before: the model is the last one used, unless another is named; so is the system prompt. */
export function continueFrom(request: PromptRequest, before: StoredConversation | null): PromptRequest {
  const history = before?.messages ?? [];
  const [first, ...rest] = request.messages;
  const leads = first?.role === 'system';
  const added = leads ? rest : request.messages;
  const asks = request.prompt !== undefined || request.attachments.length > 0;
  if (history.length + added.length === 0 && !asks) {
    throw invalid('prompt', `is missing: the conversation "${request.conversationId}" has only begun`);
  }
  refuseOpenCalls(history, added, asks);
  const system = request.system ?? (leads ? textOf(first) : undefined);
  return { ...request, model: request.model ?? before?.model, system, messages: [...history, ...added] };
}

/** Providers refuse a turn that passes over tool calls. */
function refuseOpenCalls(history: readonly Message[], added: readonly Message[], asks: boolean): void {
  const results = added.findIndex(({ role }) => role !== 'tool');
  if (results < 0 && !asks) return;
  const open = unansweredCalls([...history, ...added.slice(0, results < 0 ? undefined : results)]);
  if (open.length === 0) return;
  const calls = open.map(({ name, toolCallId }) => `${name} (${toolCallId})`).join(', ');
  throw invalid(
    'messages',
    `lack results: the conversation waits for those of ${calls}; send them as a message of the role tool, or leave the prompt out to have them called`,
  );
}

interface Turn {
  readonly id: string;
  readonly before: StoredConversation | null;
  readonly continued: PromptRequest;
  readonly outcome: PromptOutcome;
  readonly updatedAt: string;
}

/** What is kept: of the system prompt only what was given, so that one of a purpose stays that purpose's. */
function afterTurn({ id, before, continued, outcome, updatedAt }: Turn): StoredConversation {
  const head = continued.messages[0];
  const given: Message[] =
    continued.system !== undefined ? [{ role: 'system', content: continued.system }] : head?.role === 'system' ? [head] : [];
  const turns = outcome.messages[0]?.role === 'system' ? outcome.messages.slice(1) : outcome.messages;
  return { id, name: before?.name ?? nameOf(turns), model: outcome.chosen, messages: [...given, ...turns], updatedAt };
}

/** As the `llm` command names them: https://llm.datasette.io. Characters. */
const nameLength = 32;

function nameOf(messages: readonly Message[]): string {
  const first = messages.find(({ role }) => role === 'user');
  const text = (first === undefined ? '' : textOf(first)).replaceAll(/\s+/g, ' ').trim();
  const characters = Array.from(text);
  return characters.length <= nameLength ? text : `${characters.slice(0, nameLength - 1).join('')}…`;
}

function textOf({ content }: Message): string {
  if (typeof content === 'string') return content;
  return content.flatMap((part: ContentPart) => (part.type === 'text' ? [part.text] : [])).join('');
}

function invalid(path: string, message: string): Failure {
  return new Failure('invalidParams', `${path} ${message}.`, { issues: [{ path, message }] });
}

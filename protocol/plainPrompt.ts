import type { PromptParams } from './llm/prompt.ts';
import { hasOnly, isObject, isText, isWhole, type Check } from './plain.ts';

/**
 * The params of `llm/prompt` as the contract gives them back, when a look tells that they fit it; null: the contract has to say.
 * Most prompts say no more than this, and need no contracts. test/contract/plainPrompt.test.ts
 * holds it to the contract.
 */
export function plainPrompt(params: Readonly<Record<string, unknown>>): PromptParams | null {
  return hasOnly(params, members) ? params : null;
}

const isName: Check = (value) => isText(value) && value !== '';
const isCount: Check = (value) => isWhole(value) && value > 0;
/** The contract leaves a member of this name out. */
const isRecord = (value: unknown): value is Record<string, unknown> => isObject(value) && !Object.hasOwn(value, '__proto__');
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const isActor: Check = (value) => value === null || (isRecord(value) && (value['id'] === undefined || isText(value['id'])));

const isMessage: Check = (value) => isObject(value) && hasOnly(value, { role: isText, content: isText }) && Object.keys(value).length === 2;

const ofStream: Readonly<Record<string, Check>> = {
  window: isCount,
  intervalMs: (value) => isWhole(value) && value >= 0,
  include: isListOf(isText),
};

const members: Readonly<Record<string, Check>> = {
  promptId: isName,
  model: isText,
  purpose: isText,
  actor: isActor,
  groupId: isText,
  conversationId: isName,
  prompt: isText,
  messages: isListOf(isMessage),
  system: isText,
  options: isRecord,
  schema: isRecord,
  toolNames: isListOf(isText),
  maxSteps: isCount,
  stream: (value) => isObject(value) && hasOnly(value, ofStream),
  omitContent: (value) => typeof value === 'boolean',
  timeoutMs: isCount,
  metadata: isRecord,
  _meta: isRecord,
};

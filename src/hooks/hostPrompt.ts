import type { Json } from '../../protocol/index.ts';
import type { ResultOf, serverRequests } from '../../protocol/messages.ts';
import type { HookRegistration } from '../../protocol/shapes/hook.ts';
import type { PromptEnd, PromptHook, PromptScope, StepPatch, StepStart } from '../engine/ports.ts';
import { Failure } from '../lib/failure.ts';
import { askHost, promptContextOf, type HostCaller, type HostRegistrations } from './askHost.ts';
import { lastUserText } from './lastUserText.ts';
import { matches } from './matches.ts';
import { refusedEnd } from './refusedEnd.ts';

/**
 * The host around each response of a prompt: `state` of the start goes to its end. Each registration applies where its own
 * `match` says so: an end also runs where the start does not apply.
 */
export function hostPrompt({ start, end }: Pick<HostRegistrations, 'start' | 'end'>, caller: HostCaller, scope: PromptScope): PromptHook {
  const applies = (registration: HookRegistration | undefined): registration is HookRegistration =>
    registration !== undefined && matches(registration.match, scope, caller.canonical);
  const states = new Map<number, Json>();
  const hears = async (step: number, ended: PromptEnd, signal: AbortSignal): Promise<void> => {
    if (!applies(end)) return;
    const state = states.get(step);
    states.delete(step);
    const params = { ...promptContextOf(end, scope, step), ...(state === undefined ? {} : { state }), ...outcomeOf(ended, end, caller) };
    await askHost(caller, end, { method: 'hook/promptEnd', params }, signal);
  };
  return {
    async stepStart(step, signal) {
      if (!applies(start)) return {};
      const heard = (answer: StartAnswer): void => {
        if (answer.action === 'continue' && answer.state !== undefined) states.set(step.step, answer.state);
      };
      // One that went on when nobody waited any more has its end, too.
      const onLate = (answer: StartAnswer): void => {
        if (answer.action !== 'continue') return;
        heard(answer);
        hears(
          step.step,
          refusedEnd(new Failure('hookTimeout', `The hook ${start.id} answered too late.`, { registrationId: start.id })),
          new AbortController().signal,
        ).catch(() => {});
      };
      const answer = await askHost(caller, start, { method: 'hook/promptStart', params: startOf(step, start, scope), onLate }, signal);
      if (answer.action === 'reject') throw refusalOf(answer, start);
      heard(answer);
      return patchOf(answer);
    },
    stepEnd: hears,
  };
}

type StartAnswer = ResultOf<(typeof serverRequests)['hook/promptStart']>;

function startOf({ step, system, options, messages }: StepStart, registration: HookRegistration, scope: PromptScope): object {
  const content = registration.include?.includes('content') === true;
  return {
    ...promptContextOf(registration, scope, step),
    options,
    ...(content ? { prompt: lastUserText(messages), messages, ...(system === undefined ? {} : { system }) } : {}),
  };
}

function outcomeOf(
  { outcome, error, usage, cost, durationMs, content }: PromptEnd,
  registration: HookRegistration,
  { describeError }: HostCaller,
): object {
  return {
    outcome,
    ...(error === undefined ? {} : { error: withoutPartial(describeError(error)) }),
    usage,
    cost,
    durationMs,
    ...(registration.include?.includes('content') === true ? { content } : {}),
  };
}

/** The content is told as `content`, to those that ask for it. */
function withoutPartial({ data, ...error }: ReturnType<HostCaller['describeError']>): object {
  if (data === undefined) return error;
  const { partial: _, ...rest } = data;
  return { ...error, data: rest };
}

function refusalOf({ reason, data }: Extract<StartAnswer, { action: 'reject' }>, { id }: HookRegistration): Failure {
  return new Failure('hookRejected', reason, { registrationId: id, ...(data === undefined ? {} : { data }) });
}

function patchOf({ patch }: Extract<StartAnswer, { action: 'continue' }>): StepPatch {
  return patch ?? {};
}

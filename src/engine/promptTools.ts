import type { ToolSpec } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import type { Answers } from './callTools.ts';
import type { Tool } from './ports.ts';
import type { PromptRequest } from './promptRequest.ts';

/** What the model is offered, and who answers when it calls. */
export interface PromptTools {
  readonly specs: readonly ToolSpec[];
  readonly answers: Answers;
}

/**
 * The tools a prompt brings are answered by its caller, the others by whoever registered them; of two with one name the
 * caller's is meant. Throws invalidParams for a name that is given twice and for a choice of a tool that is not there.
 */
export function promptTools({ tools, answerTool, toolChoice }: PromptRequest, registered: readonly Tool[]): PromptTools {
  const own = new Set(tools.map(({ name }) => name));
  const twice = tools.findIndex(({ name }, index) => tools.findIndex((other) => other.name === name) < index);
  if (twice >= 0)
    throw invalid(`tools.${twice}.name`, `There are two tools with the name "${tools[twice]?.name}": each needs one of its own.`);
  const others = registered.filter(({ spec }) => !own.has(spec.name));
  const answers: Answers = new Map([
    ...tools.map(({ name }) => [name, answerTool] as const),
    ...others.map(({ spec, answer }) => [spec.name, answer] as const),
  ]);
  const chosen = typeof toolChoice === 'object' ? toolChoice.name : undefined;
  if (chosen !== undefined && !answers.has(chosen)) {
    const has = answers.size === 0 ? 'This prompt has no tools.' : `This prompt has ${[...answers.keys()].join(', ')}.`;
    throw invalid('toolChoice.name', `There is no tool "${chosen}" to choose. ${has}`);
  }
  return { specs: [...tools, ...others.map(({ spec }) => spec)], answers };
}

function invalid(path: string, message: string): Failure {
  return new Failure('invalidParams', message, { issues: [{ path, message }] });
}

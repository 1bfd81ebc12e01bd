import type { Json } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import type { Plugin } from '../plugin/plugin.ts';

const defects = ['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'AbortError', 'TimeoutError'];

/**
 * What a plugin threw before a response. A `Refusal`, and any plain error of a plugin whose failures are not to be
 * skipped, refuses the prompt with its message unchanged; a defect and a failed call of another are failures of the hook.
 */
export function toRefusal(plugin: Plugin, error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return ownFailure(plugin, error);
  // By its name: the plugin may have another copy of the class.
  if (error.name === 'Refusal') return refused(plugin, error.message, (error as { data?: Json }).data);
  if (plugin.onFailure === 'skip' || defects.includes(error.name) || 'syscall' in error) return error;
  return refused(plugin, error.message, undefined);
}

/** The failure of a prompt that a plugin sent itself is the plugin's, not the caller's. */
export function ownFailure({ name }: Plugin, error: unknown): unknown {
  if (!(error instanceof Failure) || (error.kind.startsWith('hook') && error.detail.registrationId !== undefined)) return error;
  return new Failure('hookFailed', `The plugin ${name} failed: ${error.message}`, { registrationId: name }, { cause: error });
}

function refused({ name }: Plugin, reason: string, data: Json | undefined): Failure {
  return new Failure('hookRejected', reason, { registrationId: name, ...(data === undefined ? {} : { data }) });
}

import type { JsonObject } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { Failure } from '../lib/failure.ts';
import type { StepStart } from './ports.ts';
import { checkOptions } from './preparePrompt.ts';

/** Options that hooks have changed are held to the same schema as those of the caller, who cannot mend them. */
export function checkPatched(model: Model, before: JsonObject, { options }: StepStart): void {
  if (options === before) return;
  try {
    checkOptions(model, options);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('hookFailed', `A hook changed the options. ${error.message}`, { ...error.detail });
  }
}

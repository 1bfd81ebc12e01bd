import type { Model } from '../../catalogue/model.ts';
import { Failure } from '../../lib/failure.ts';

/** A package that is given no key would look for one in the environment. */
export function refuseWithoutKey({ key, model }: { readonly key: string | null; readonly model: Model }): void {
  if (key !== null || model.key === null) return;
  const message = `${model.id} needs a key: set the secret ${model.key.secret} or one of its variables.`;
  throw new Failure('keyMissing', message, { required: model.key.secret });
}

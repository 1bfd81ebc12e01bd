import type { Actor } from '../../../protocol/index.ts';
import type { App } from '../../app.ts';
import { chooseModel } from '../../engine/chooseModel.ts';

/** The model that will answer: known before the first message, so that a mistake is too. */
export async function modelOf(
  { engine }: App,
  model: string | undefined,
  scope: { readonly purpose: string | undefined; readonly actor: Actor },
): Promise<string> {
  const asking = { ...scope, metadata: undefined, signal: new AbortController().signal, depth: 0 };
  const chosen = await chooseModel(engine, { snapshot: engine.snapshot(), hooks: engine.hooks() }, model, asking);
  return chosen.id;
}

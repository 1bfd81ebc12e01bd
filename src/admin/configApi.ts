import * as z from 'zod';
import { suggest } from '../catalogue/suggest.ts';
import type { KeyPath } from '../config/finding.ts';
import type { ConfigEdit } from '../config/editText.ts';
import { readConfigHash, saveEdit } from '../config/saveEdit.ts';
import { Failure } from '../lib/failure.ts';
import { providerTypes } from '../providers/index.ts';
import { version } from '../version.ts';
import type { Answer } from './api.ts';
import { checked } from './checked.ts';
import type { AdminContext } from './context.ts';
import type { ConfigState, EditAsked } from './shapes.ts';

export async function configState({ app, newConfigPath }: AdminContext): Promise<ConfigState> {
  const { path } = app.config;
  return {
    path,
    newPath: newConfigPath,
    hash: await readConfigHash(path ?? newConfigPath).catch(() => null),
    diagnostics: app.config.diagnostics(),
    written: app.config.read(),
    keepsContent: app.engine.snapshot().keepContent,
    version,
  };
}

export const config: Answer = async (context) => ({ body: await configState(context) });

const model = z.string().min(1).max(500);
const hash = z.string();

/** Nothing else can be changed here: other keys start programs, or say where keys are sent. */
const edits = z.discriminatedUnion('what', [
  z.strictObject({ hash, what: z.literal('defaultModel'), model: model.nullable() }),
  z.strictObject({ hash, what: z.literal('purposeModel'), purpose: z.string().min(1), model: model.nullable() }),
  z.strictObject({
    hash,
    what: z.enum(['models', 'blockedModels']),
    purpose: z.string().min(1).nullable(),
    models: z.array(model).max(1000).nullable(),
  }),
  z.strictObject({
    hash,
    what: z.literal('budgetLimit'),
    budget: z.string(),
    limitUsd: z.string().regex(/^\d{1,7}(\.\d{1,11})?$/, { error: 'give an amount of dollars such as 2.50' }),
  }),
]);

export const edit: Answer = async (context, asked) => {
  const { app, env, newConfigPath } = context;
  const wanted = checked(edits, asked);
  const change = toChange(context, wanted);
  const saved = await saveEdit(change, { path: app.config.path ?? newConfigPath, seen: wanted.hash, providerTypes: providerTypes(), env });
  return { status: saved.state === 'saved' ? 200 : saved.state === 'changed' ? 409 : 422, body: saved };
};

function toChange(context: AdminContext, wanted: EditAsked): ConfigEdit {
  switch (wanted.what) {
    case 'defaultModel':
      return { path: ['default_model'], value: modelValue(context, wanted.model) };
    case 'purposeModel':
      return { path: ['purposes', wanted.purpose, 'model'], value: modelValue(context, wanted.model) };
    case 'budgetLimit':
      return { path: ['budgets', budgetIndex(context, wanted.budget), 'limit_usd'], value: { usd: wanted.limitUsd } };
    default: {
      const above: KeyPath = wanted.purpose === null ? [] : ['purposes', wanted.purpose];
      for (const name of wanted.models ?? []) checkModel(context, name);
      const names = wanted.what === 'blockedModels' && wanted.models?.length === 0 ? null : wanted.models;
      return { path: [...above, wanted.what === 'models' ? 'models' : 'blocked_models'], value: names && { names } };
    }
  }
}

function modelValue(context: AdminContext, name: string | null): { model: string } | null {
  if (name === null) return null;
  checkModel(context, name);
  return { model: name };
}

/** A typing error would be a warning of the file; here it can be said before. */
function checkModel({ app }: AdminContext, name: string): void {
  const { catalogue } = app.engine.snapshot();
  if (catalogue.find(name) !== undefined) return;
  const similar = suggest(name, catalogue);
  const hint =
    similar.length > 0 ? ` Did you mean ${similar.join(' or ')}?` : ' Models of a server that cannot be reached now are named in the file.';
  throw new Failure('invalidParams', `There is no model ${JSON.stringify(name)}.${hint}`);
}

/** By its place in the file, where names may be the same. */
function budgetIndex({ app }: AdminContext, name: string): number {
  // What is in force is then not what the file says.
  if (app.config.diagnostics().some(({ severity, source }) => severity === 'error' && source === app.config.path))
    throw new Failure(
      'invalidParams',
      'The file has errors, so its budgets are not known. Correct them first: they are listed under Configuration.',
    );
  const found = app.engine.snapshot().money.budgets.flatMap((budget, index) => (budget.name === name ? [index] : []));
  const [index] = found;
  if (index === undefined) throw new Failure('invalidParams', `There is no budget ${JSON.stringify(name)} any more.`);
  if (found.length > 1)
    throw new Failure('invalidParams', `There are ${found.length} budgets ${JSON.stringify(name)}: change this one in the file.`);
  return index;
}

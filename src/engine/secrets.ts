import type { Actor, SecretListResult } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import type { Asking, RegisteredSecret, SecretChange, Secrets, StoredSecret } from './secretsPorts.ts';

/** Those that are registered, in that order, then what else is set. Never a value. behaviour 9.2. */
export async function listSecrets({ registered, variableOf, store }: Secrets): Promise<SecretListResult> {
  const { state, message, secrets } = await store.list();
  const stored = new Map(secrets.map((secret) => [secret.name, secret]));
  const known = registered();
  const names = new Set(known.map(({ name }) => name));
  const others = [...stored.keys()].filter((name) => !names.has(name)).toSorted();
  return {
    secrets: [...known, ...others.map((name): RegisteredSecret => ({ name }))].map((secret) =>
      describe(secret, stored.get(secret.name), variableOf(secret.name) !== null),
    ),
    store: { state, ...(message === undefined ? {} : { message }) },
  };
}

/** Throws invalidParams when there is nothing to set; else as the store does. */
export async function setSecret(
  { store }: Pick<Secrets, 'store'>,
  change: SecretChange,
  asking: Asking,
): ReturnType<Secrets['store']['set']> {
  const value = change.value?.trim() || undefined;
  if (value === undefined && change.note === undefined)
    throw new Failure('invalidParams', `Give a value for ${change.name}, or a note: a blank value changes nothing.`, {
      issues: [{ path: 'value', message: 'is blank' }],
    });
  return store.set({ ...change, value }, asking);
}

/** Throws secretNotFound, which says so where a variable has it. */
export async function deleteSecret({ store, variableOf }: Secrets, name: string, actor: Actor): Promise<void> {
  try {
    await store.delete(name, actor);
  } catch (error) {
    const variable = variableOf(name);
    if (!(error instanceof Failure && error.kind === 'secretNotFound') || variable === null) throw error;
    throw new Failure('secretNotFound', `The secret ${name} is not in the store: the environment variable ${variable} has it. Unset that.`);
  }
}

export interface ImportedSecret {
  readonly name: string;
  readonly version: number;
  /** false: the store had the same value. */
  readonly changed: boolean;
}

/** Each that is not set to the same value already becomes a new version. */
export async function importSecrets(
  { store }: Pick<Secrets, 'store'>,
  values: ReadonlyMap<string, string>,
  { actor, asking }: { readonly actor: Actor; readonly asking: Asking },
): Promise<ImportedSecret[]> {
  const imported: ImportedSecret[] = [];
  for (const [name, value] of values)
    imported.push({ name, ...(await setSecret({ store }, { name, value, note: undefined, actor, keepSame: true }, asking)) });
  return imported;
}

function describe(
  { name, description, obtainUrl }: RegisteredSecret,
  stored: StoredSecret | undefined,
  inEnvironment: boolean,
): SecretListResult['secrets'][number] {
  const facts = {
    description,
    obtainUrl,
    version: stored?.version,
    updatedAt: stored?.updatedAt,
    updatedBy: stored?.updatedBy,
    lastUsedAt: stored?.lastUsedAt,
    note: stored?.note || undefined,
  };
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== null));
  return { name, state: inEnvironment ? 'environment' : stored === undefined ? 'unset' : 'set', ...known };
}

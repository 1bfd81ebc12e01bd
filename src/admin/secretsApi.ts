import * as z from 'zod';
import { looksLikeKey } from '../config/looksLikeKey.ts';
import { deleteSecret, listSecrets, setSecret } from '../engine/secrets.ts';
import { Failure } from '../lib/failure.ts';
import { providerKinds } from '../providers/index.ts';
import type { Answer } from './api.ts';
import { checked } from './checked.ts';
import type { AdminContext } from './context.ts';
import type { SecretsState } from './shapes.ts';

export const secrets: Answer = async ({ app, env }) => {
  const { secrets: listed, store } = await listSecrets(app.secrets);
  const inKeysFile = await app.secrets.keysFile.entries();
  const variables = new Map([...providerKinds.values()].flatMap(({ key }) => (key === null ? [] : [[key.secret, key.variables] as const])));
  const elsewhere = (name: string): string[] => [
    ...(inKeysFile.has(name) ? ['keys.json'] : []),
    ...(variables.get(name) ?? []).filter((variable) => env[variable]?.trim()),
  ];
  const known = new Set(listed.map(({ name }) => name));
  const others = [...inKeysFile.keys()].filter((name) => !known.has(name)).map((name) => ({ name, state: 'unset' as const }));
  const body: SecretsState = {
    secrets: [...listed, ...others].map((secret) => ({
      ...secret,
      elsewhere: elsewhere(secret.name),
      variable: app.secrets.variableOf(secret.name) ?? undefined,
    })),
    store: store ?? { state: 'off' },
  };
  return { body };
};

const name = z
  .string()
  .min(1, { error: 'give the name of the secret, such as OPENAI_API_KEY' })
  .max(200)
  .regex(/^[\w.-]+$/, { error: 'a name has letters, digits, _, - and . alone' })
  .refine((text) => !looksLikeKey(text), { error: 'this looks like a key itself: give the name of the secret, such as OPENAI_API_KEY' });

const change = z.strictObject({
  name,
  value: z.string().max(100_000).optional(),
  note: z.string().max(100, { error: 'a note has 100 characters at most' }).optional(),
});

export const setOne: Answer = async (context, asked) => {
  const { name, value, note } = checked(change, asked);
  await checkStore(context);
  const { version } = await setSecret(context.app.secrets, { name, value, note, actor: context.actor }, asking());
  return { body: { version } };
};

const named = z.strictObject({ name: z.string().min(1).max(200) });

export const deleteOne: Answer = async ({ app, actor }, asked) => {
  await deleteSecret(app.secrets, checked(named, asked).name, actor);
  return { body: {} };
};

export const rollBackOne: Answer = async ({ app, actor }, asked) => ({
  body: await app.secrets.store.rollBack(checked(named, asked).name, actor),
});

export const rotateAll: Answer = async ({ app }) => ({ body: await app.secrets.store.rotate(asking()) });

async function checkStore({ app }: AdminContext): Promise<void> {
  const { state, message = 'There is no store of secrets.' } = await app.secrets.store.list();
  if (state === 'unavailable') throw new Failure('storageUnavailable', message);
}

function asking(): { signal: AbortSignal; depth: number } {
  return { signal: new AbortController().signal, depth: 0 };
}

import type { Actor } from '../../protocol/index.ts';
import type { Asking, SecretSource, SecretStore, SecretStoreSettings } from '../engine/secretsPorts.ts';
import { Failure } from '../lib/failure.ts';
import { createEncryptionKeys, storeIsOff, unavailable, type EncryptionKeys, type KeyHome } from './encryptionKeys.ts';
import { FernetError } from './fernet.ts';
import { secretName, usable } from './secretName.ts';
import type { Sealed, SecretTable } from './secretStoreTable.ts';
import type { SecretUses } from './secretStoreUses.ts';

export interface LiveSecretStore extends SecretStore, SecretSource {
  /** What is under way ends where it began. */
  update(settings: SecretStoreSettings): void;
  /** What is wrong with its keys, by their place in the settings. */
  problems: EncryptionKeys['problems'];
  /** When the last uses are written. */
  close(): Promise<void>;
}

export interface SecretStoreOptions extends KeyHome {
  readonly log: (line: string) => void;
  /** How long uses are gathered before they are written. Milliseconds, default 5000. */
  readonly usesPauseMs?: number;
}

/** A place, as long as the settings name it. Nothing is imported or opened before something is asked of it. */
interface Place {
  readonly settings: SecretStoreSettings;
  readonly keys: EncryptionKeys;
  rooms(): Promise<Rooms>;
  close(): Promise<void>;
}

interface Rooms {
  readonly table: SecretTable;
  readonly uses: SecretUses;
}

/**
 * The encrypted store. As a source of keys it never fails a call: what cannot be read or decrypted is one line in the log for
 * each secret, and the next place is looked at. Values are decrypted at each use and not kept. behaviour 9.
 */
export function createSecretStore(options: SecretStoreOptions): LiveSecretStore {
  const { log, learn } = options;
  const trouble = createTrouble(log);
  let place = openPlace({ location: '', keys: [] }, options);
  let retiring: Promise<unknown> = Promise.resolve();
  const retire = (old: Place): void => void (retiring = Promise.allSettled([retiring, old.close()]));

  /** Throws where the store is off. */
  const on = (): Place => {
    if (place.settings.keys.length === 0) throw unavailable(storeIsOff);
    return place;
  };

  return {
    source: 'secret',
    isSettable: () => place.settings.keys.length > 0,

    async get(name, { actor, count, asking }) {
      const { settings, keys, rooms } = place;
      if (settings.keys.length === 0) return null;
      try {
        const { table, uses } = await rooms();
        const row = await table.head(namesOf(name));
        const value = row === null ? null : await unseal(keys, { ...row, name }, asking);
        trouble.over(name);
        if (row !== null && value !== null && count) uses.note(row.id, idOf(actor));
        return usable(value);
      } catch (error) {
        asking?.signal.throwIfAborted();
        if (!(error instanceof Failure)) throw error;
        trouble.tell(name, `${error.message} Other places are looked at for ${name}.`);
        return null;
      }
    },

    async list() {
      const { settings, rooms } = place;
      if (settings.keys.length === 0) return { state: 'off', message: storeIsOff, secrets: [] };
      try {
        return { state: 'on', secrets: await (await rooms()).table.list() };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return { state: 'unavailable', message: error.message, secrets: [] };
      }
    },

    async set({ name, value, note, actor, keepSame = false }, asking) {
      const { keys, rooms } = on();
      const { table } = await rooms();
      const names = namesOf(name);
      const by = idOf(actor);
      if (value === undefined) {
        return table.write(async (rows) => {
          const row = await rows.head(names);
          if (row === null) throw notFound(name, 'so it can have no note: give a value.');
          if (note !== undefined) await rows.setNote(row.id, note, by);
          return { version: row.version, changed: true };
        });
      }
      learn(value);
      const first = await keys.first(asking);
      const sealed = { token: first.fernet.encrypt(value), keyName: first.name };
      const isSame = async (row: { version: number; sealed: Sealed } | null): Promise<boolean> =>
        row !== null && (await unseal(keys, { ...row, name }, asking).catch(nullForFailure)) === value;
      return table.write(async (rows) => {
        const row = await rows.head(names);
        if (keepSame && row !== null && (await isSame(row))) return { version: row.version, changed: false };
        return { version: await rows.add(names, sealed, { note: note ?? row?.note ?? '', by }), changed: true };
      });
    },

    async delete(name, actor) {
      const { table } = await on().rooms();
      if (!(await table.write(async (rows) => rows.remove(namesOf(name), idOf(actor)))))
        throw notFound(name, 'so there is nothing to delete.');
    },

    async rollBack(name, actor) {
      const { table } = await on().rooms();
      return table.write(async (rows) => {
        const last = await rows.head(namesOf(name));
        if (last === null) throw notFound(name, 'so there is no version to go back to.');
        await rows.removeVersion(last.id, idOf(actor));
        const before = await rows.head(namesOf(name));
        if (before === null) throw notFound(name, `in a version before ${last.version}: nothing was changed. To unset it, delete it.`);
        return { version: before.version };
      });
    },

    async rotate(asking) {
      const { keys, rooms } = on();
      const { table } = await rooms();
      const { name: keyName, fernet } = await keys.first(asking);
      return table.write(async (rows) => {
        const all = (await rows.all()).filter(({ sealed }) => sealed.token !== null);
        const named = readOnce(keys);
        const missing: string[] = [];
        for (const row of all) {
          try {
            const value = await unsealBytes(named, row, asking);
            if (value) await rows.reseal(row.id, { token: fernet.encrypt(value), keyName });
          } catch (error) {
            if (!(error instanceof Failure)) throw error;
            missing.push(`${row.name} version ${row.version} (key "${row.sealed.keyName}")`);
          }
        }
        if (missing.length === 0) return { rows: all.length, keyName };
        throw unavailable(
          `Nothing was changed, because ${missing.length} of ${all.length} rows do not decrypt with the keys under secrets.encryption_keys: ${missing.join(', ')}. Add the keys they were encrypted with under those names.`,
        );
      });
    },

    update(settings) {
      if (JSON.stringify(settings) === JSON.stringify(place.settings)) return;
      retire(place);
      place = openPlace(settings, options);
    },
    problems: async () => place.keys.problems(),
    async close() {
      retire(place);
      await retiring;
    },
  };
}

function openPlace(settings: SecretStoreSettings, { log, usesPauseMs, host, learn }: SecretStoreOptions): Place {
  let opening: Promise<Rooms> | undefined;
  const open = async (): Promise<Rooms> => {
    const [{ openSecretTable }, { createSecretUses }] = await Promise.all([
      import('./secretStoreTable.ts'),
      import('./secretStoreUses.ts'),
    ]);
    const table = openSecretTable(settings.location);
    return { table, uses: createSecretUses(table, { log, ...(usesPauseMs === undefined ? {} : { pauseMs: usesPauseMs }) }) };
  };
  return {
    settings,
    keys: createEncryptionKeys(settings.keys, { host, learn }),
    rooms: async () => (opening ??= open()),
    async close() {
      const rooms = await opening;
      await rooms?.uses.flush();
      await rooms?.table.close();
    },
  };
}

/** Datasette keeps a name as it was registered; our own are in the normal form. The higher version of the two is in use. */
function namesOf(name: string): [string, ...string[]] {
  const normal = secretName(name);
  return normal === name ? [normal] : [normal, name];
}

function idOf(actor: Actor): string | null {
  return actor?.id ?? null;
}

type NamedRow = { readonly name: string; readonly version: number; readonly sealed: Sealed };

/** Each key is read, or asked for, once. */
function readOnce(keys: Pick<EncryptionKeys, 'named'>): Pick<EncryptionKeys, 'named'> {
  const read = new Map<string, ReturnType<EncryptionKeys['named']>>();
  return {
    async named(name, asking) {
      const fernet = read.get(name) ?? keys.named(name, asking);
      read.set(name, fernet);
      return fernet;
    },
  };
}

/** null: there is nothing in it, or its key cannot be asked for now. */
async function unseal(keys: Pick<EncryptionKeys, 'named'>, row: NamedRow, asking: Asking | undefined): Promise<string | null> {
  return (await unsealBytes(keys, row, asking))?.toString('utf8') ?? null;
}

async function unsealBytes(
  keys: Pick<EncryptionKeys, 'named'>,
  { name, version, sealed: { token, keyName } }: NamedRow,
  asking: Asking | undefined,
): Promise<Buffer | null> {
  if (token === null) return null;
  const which = `The secret ${name} (version ${version}) cannot be decrypted`;
  const fernet = await keys.named(keyName, asking).catch((error: unknown) => {
    throw error instanceof Failure ? unavailable(`${which}. ${error.message}`) : error;
  });
  try {
    return fernet?.decrypt(token) ?? null;
  } catch (error) {
    if (!(error instanceof FernetError)) throw error;
    throw unavailable(
      error.problem === 'wrongKey'
        ? `${which}: it was encrypted with another key than the encryption key "${keyName}" that is configured, or was changed since.`
        : `${which}: what the store has is damaged. Set the secret again.`,
    );
  }
}

function nullForFailure(error: unknown): null {
  if (error instanceof Failure) return null;
  throw error;
}

function notFound(name: string, so: string): Failure {
  return new Failure('secretNotFound', `The secret ${name} is not set in the store${so.startsWith('in ') ? ' ' : ', '}${so}`);
}

/** The same trouble with the same secret is told once, until it is over. */
function createTrouble(log: (line: string) => void): { tell(name: string, message: string): void; over(name: string): void } {
  const told = new Map<string, string>();
  return {
    tell(name, message) {
      if (told.get(name) === message) return;
      told.set(name, message);
      log(`llm-sidecar: ${message}`);
    },
    over: (name) => void told.delete(name),
  };
}

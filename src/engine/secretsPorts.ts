import type { Actor, KeySource } from '../../protocol/index.ts';

/** The request that is being answered: only on its behalf is the host asked something, and no longer than it runs. */
export interface Asking {
  readonly signal: AbortSignal;
  /** How many hooks deep it is. */
  readonly depth: number;
}

/** A place where secrets are, by name. Three homes: the environment, the encrypted store, the host. */
export interface SecretSource {
  readonly source: KeySource;
  get(name: string, use: SecretUse): Promise<string | null>;
  /** Whether the user may put one there by `llm-sidecar secrets set`, as things are. */
  isSettable?(): boolean;
}

/** Nowhere that was looked. */
export interface NoKey {
  readonly value: null;
  /** Named secrets that were unset. */
  readonly missed: readonly string[];
  /** The user may set it by `llm-sidecar secrets set`, too. */
  readonly isSettable?: boolean | undefined;
}

/** What a secret is looked up for. */
export interface SecretUse {
  readonly actor: Actor;
  readonly purpose: string | undefined;
  /** false: it is only looked at. */
  readonly count: boolean;
  readonly asking?: Asking | undefined;
}

/** Secrets as people look after them: which there are, and the encrypted store. behaviour 9. */
export interface Secrets {
  /** Those that somebody may want to set, each once. */
  registered(): readonly RegisteredSecret[];
  /** The variable that has a secret of this name, which comes before the store; null: none is set. */
  variableOf(name: string): string | null;
  readonly store: SecretStore;
}

export interface RegisteredSecret {
  /** In its normal form: OPENAI_API_KEY. */
  readonly name: string;
  readonly description?: string | undefined;
  readonly obtainUrl?: string | undefined;
}

/** Where secrets are kept encrypted. What is thrown besides: storageUnavailable. */
export interface SecretStore {
  /** `secrets` is empty unless the state is `on`. */
  list(): Promise<StoreListing>;
  /**
   * The next version, or without a value a new note for the one that is set. Gives the version that is then in use. Throws
   * secretNotFound for a note alone where nothing is set, and secretsUnavailable where nothing can be encrypted.
   */
  set(change: SecretChange, asking: Asking): Promise<{ readonly version: number; readonly changed: boolean }>;
  /** All its versions. Throws secretNotFound, secretsUnavailable. */
  delete(name: string, actor: Actor): Promise<void>;
  /** The version before the last one is in use again, and the last one deleted; gives it. Throws secretNotFound where there is none. */
  rollBack(name: string, actor: Actor): Promise<{ readonly version: number }>;
  /** Encrypts every row anew with the first key, or none of them: secretsUnavailable names those whose key is missing. */
  rotate(asking: Asking): Promise<{ readonly rows: number; readonly keyName: string }>;
}

export interface SecretChange {
  readonly name: string;
  readonly value: string | undefined;
  /** undefined: as it is. */
  readonly note: string | undefined;
  readonly actor: Actor;
  /** A value that is set already is no new version. */
  readonly keepSame?: boolean | undefined;
}

export interface StoreListing {
  readonly state: 'on' | 'off' | 'unavailable';
  /** Why it is not on, and what to do. */
  readonly message?: string | undefined;
  readonly secrets: readonly StoredSecret[];
}

/** The version in use. Times are ISO 8601. */
export interface StoredSecret {
  readonly name: string;
  readonly version: number;
  readonly note: string | null;
  readonly updatedAt: string | null;
  readonly updatedBy: string | null;
  readonly lastUsedAt: string | null;
}

/** `secrets:` of the configuration, as far as it is about the store. */
export interface SecretStoreSettings {
  /** An absolute path, or `postgres://…`. */
  readonly location: string;
  /** The first encrypts, all decrypt; none: the store is off. */
  readonly keys: readonly EncryptionKeySettings[];
}

/** The key itself, the file that holds it, or that the host is asked for it. */
export type EncryptionKeySettings = { readonly name: string } & (
  | { readonly value: string }
  | { readonly file: string }
  | { readonly host: true }
);

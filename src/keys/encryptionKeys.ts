import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Asking, EncryptionKeySettings } from '../engine/secretsPorts.ts';
import { Failure } from '../lib/failure.ts';
import { exposure } from '../lib/filePermissions.ts';
import { createFernet, isFernetKey, type Fernet } from './fernet.ts';
import type { HostSecrets } from './hostSecrets.ts';

export interface EncryptionKeys {
  /** What encrypts. Throws secretsUnavailable. */
  first(asking: Asking): Promise<{ readonly name: string; readonly fernet: Fernet }>;
  /**
   * What decrypts a row that names it. null: only the host has it, and nobody is asking on whose behalf it could be asked.
   * Throws secretsUnavailable.
   */
  named(name: string, asking: Asking | undefined): Promise<Fernet | null>;
  /** What is wrong with keys that can be looked at without asking anybody, by their place in the settings. */
  problems(): Promise<{ readonly index: number; readonly message: string }[]>;
}

export interface KeyHome {
  readonly host: Pick<HostSecrets, 'ask' | 'isConnected'>;
  /** Told every key that is read, so that it can be kept out of logs. */
  readonly learn: (value: string) => void;
}

/** The keys of `secrets.encryption_keys`, read whenever they are needed: a file that is replaced takes effect at once. */
export function createEncryptionKeys(settings: readonly EncryptionKeySettings[], { host, learn }: KeyHome): EncryptionKeys {
  const read = async (key: EncryptionKeySettings, asking: Asking | undefined): Promise<string | null> => {
    if ('value' in key) return key.value;
    if ('file' in key) return readKeyFile(key.name, key.file);
    const value = await host.ask({ name: key.name, actor: null, purpose: undefined }, asking);
    if (value !== null || !asking) return value;
    const why = host.isConnected ? 'the host does not have it (secret/resolve)' : 'there is no host here that gives secrets';
    throw unavailable(`The encryption key "${key.name}" is to come from the host, and ${why}.`);
  };

  const load = async (key: EncryptionKeySettings, asking: Asking | undefined): Promise<Fernet | null> => {
    const text = (await read(key, asking))?.trim();
    if (text === undefined) return null;
    learn(text);
    if (isFernetKey(text)) return createFernet(text);
    throw unavailable(
      `The encryption key "${key.name}" is not one: expected 44 characters of base64. Make one with: llm-sidecar secrets generate-key`,
    );
  };

  return {
    async first(asking) {
      const [key] = settings;
      const fernet = key && (await load(key, asking));
      if (!key || !fernet) throw unavailable(storeIsOff);
      return { name: key.name, fernet };
    },
    async named(name, asking) {
      const key = settings.find((one) => one.name === name);
      if (!key) throw unavailable(`There is no encryption key "${name}" under secrets.encryption_keys.`);
      return load(key, asking);
    },
    async problems() {
      const found = await Promise.all(
        settings.map(async (key, index) => {
          if ('host' in key) return [];
          try {
            await load(key, undefined);
            return [];
          } catch (error) {
            if (!(error instanceof Failure)) throw error;
            return [{ index, message: error.message }];
          }
        }),
      );
      return found.flat();
    },
  };
}

/** What to do so that there is a store. */
export const storeIsOff =
  'The store of secrets is off, since no encryption key is configured. Make one with `llm-sidecar secrets generate-key` and name it under secrets.encryption_keys.';

export function unavailable(message: string): Failure {
  return new Failure('secretsUnavailable', message);
}

/** Longer than any key; what is larger is another file. Bytes. */
const largestFile = 4096;

async function readKeyFile(name: string, path: string): Promise<string> {
  const which = `The encryption key "${name}" cannot be read from ${path}`;
  try {
    // Not blocking: a pipe that nobody writes to would be waited for.
    await using file = await open(path, nonBlockingRead);
    const facts = await file.stat();
    if (!facts.isFile()) throw unavailable(`${which}: it is not a file.`);
    if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0)
      throw unavailable(`${which}: other users of this machine may read or change it. Make it yours alone: chmod 600 ${path}`);
    const exposed = await exposure(path);
    if (exposed !== null) throw unavailable(`${which}: it ${exposed.why}. Make it yours alone: ${exposed.remedy}`);
    if (facts.size > largestFile) throw unavailable(`${which}: it is too large to be a key.`);
    return await file.readFile('utf8');
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'permission denied' : code;
    throw unavailable(`${which}: ${why}.`);
  }
}

const nonBlockingRead = process.platform === 'win32' ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK;

import type { EncryptionKeySettings, RegisteredSecret, SecretStoreSettings } from '../engine/secretsPorts.ts';
import type { Config } from './config.ts';
import type { Surroundings } from './surroundings.ts';
import { locationOf } from './toStorage.ts';

/** What Datasette calls the only key it has, and the variable in which its documentation puts it. */
const datasetteKey = { name: 'default', variable: 'DATASETTE_SECRETS_ENCRYPTION_KEY' } as const;

/** Where the encrypted store is and what opens it. Without `secrets:` there are no keys, and so the store is off. */
export function toSecretStore({ values, source }: Config, surroundings: Surroundings): SecretStoreSettings {
  const { secrets, storage } = values;
  const keys = (secrets?.encryption_keys ?? []).map(({ name, key, file }): EncryptionKeySettings => {
    if (key !== undefined) return { name, value: key };
    return file === undefined ? { name, host: true } : { name, file: locationOf(file, source, surroundings) };
  });
  const value = surroundings.env[datasetteKey.variable]?.trim();
  const ofDatasette = secrets !== undefined && secrets.encryption_keys === undefined && value ? [{ name: datasetteKey.name, value }] : [];
  return { location: locationOf(secrets?.database ?? storage, source, surroundings), keys: [...keys, ...ofDatasette] };
}

/** `secrets.register`, in the order of the file. */
export function toRegisteredSecrets({ values }: Config): RegisteredSecret[] {
  return (values.secrets?.register ?? []).map(({ name, description, obtain_url: obtainUrl }) => ({ name, description, obtainUrl }));
}

import type { KeyNeed } from '../catalogue/model.ts';
import type { RegisteredSecret } from '../engine/secretsPorts.ts';
import { secretName } from './secretName.ts';

export interface Registrations {
  /** Of the providers, each with where to obtain one. */
  readonly needs: readonly KeyNeed[];
  /** What the configuration names where a key is meant. */
  readonly named: readonly string[];
  /** `secrets.register`. What it says of a secret that is registered already is what counts. */
  readonly registered: readonly RegisteredSecret[];
}

/** Every secret that somebody may want to set, each once, in its normal form. behaviour 1.6, 4.3. */
export function registeredSecrets({ needs, named, registered }: Registrations): RegisteredSecret[] {
  const all = new Map<string, RegisteredSecret>();
  const add = ({ name, description, obtainUrl }: RegisteredSecret): void => {
    const normal = secretName(name);
    const before = all.get(normal);
    all.set(normal, {
      name: normal,
      description: description ?? before?.description,
      obtainUrl: obtainUrl ?? before?.obtainUrl,
    });
  };
  for (const { name, secret, obtainUrl } of needs) add({ name: secret, description: `The API key of ${name}`, obtainUrl });
  for (const name of named) add({ name });
  for (const secret of registered) add(secret);
  return [...all.values()];
}

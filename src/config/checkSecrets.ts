import { errorAt, type Finding, type KeyPath } from './finding.ts';

/** Each encryption key is in one place, which is not this file, and has a name of its own. */
export function checkSecrets(written: unknown, tree: unknown): Finding[] {
  const keys = listAt(tree);
  const asWritten = listAt(written);
  const names = keys.map((key) => (isRecord(key) ? key['name'] : undefined));
  return keys.flatMap((key, index) => {
    if (!isRecord(key)) return [];
    const path: KeyPath = ['secrets', 'encryption_keys', index];
    const source = asWritten[index];
    const places = ['key', 'file', 'host'].filter((place) => place in key || (isRecord(source) && isRecord(source[place])));
    const found: Finding[] = [];
    if (places.length !== 1) {
      const message = 'An encryption key is in one place: give one of key: {$env: NAME}, file: PATH, or host: true.';
      found.push(errorAt(places.length === 0 ? 'missingKey' : 'conflictingKeys', path, message));
    }
    if (isRecord(source) && typeof source['key'] === 'string') {
      const message =
        'An encryption key does not stand in this file. Put it into an environment variable, key: {$env: NAME}, or name its file.';
      found.push(errorAt('keyNotName', [...path, 'key'], message));
    }
    if (names.indexOf(key['name']) < index)
      found.push(errorAt('duplicateName', [...path, 'name'], `There is an encryption key "${String(key['name'])}" already.`));
    return found;
  });
}

function listAt(tree: unknown): readonly unknown[] {
  const secrets = isRecord(tree) ? tree['secrets'] : undefined;
  const keys = isRecord(secrets) ? secrets['encryption_keys'] : undefined;
  return Array.isArray(keys) ? keys : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

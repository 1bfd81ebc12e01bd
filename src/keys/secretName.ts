/** The name under which a secret is looked up: upper case, everything outside A-Z and 0-9 as `_`. behaviour 4.2. */
export function secretName(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}

/** Blank is unset. A key copied with its line break is the key. */
export function usable(value: string | undefined | null): string | null {
  return value?.trim() || null;
}

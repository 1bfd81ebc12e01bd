/** Only clear cases: the prefixes of known providers, and one long word of mixed case and digits. */
export function looksLikeKey(text: string): boolean {
  if (hasKeyPrefix(text)) return true;
  return /^\S{32,}$/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
}

export function hasKeyPrefix(text: string): boolean {
  return /^(sk[-_]|AIza|gsk_|xai-|AKIA|eyJ)\S*$/.test(text);
}

import type { Diagnostic } from '../../protocol/index.ts';

export type KeyPath = readonly (string | number)[];

/** A problem by the path of its key; it becomes a Diagnostic where the text and the file are known. */
export interface Finding {
  readonly severity: Diagnostic['severity'];
  /** Stable, for programs. */
  readonly code: string;
  readonly message: string;
  readonly path: KeyPath;
  /** What to underline: the value, or the name of the key. */
  readonly on: 'value' | 'key';
}

export function errorAt(code: string, path: KeyPath, message: string, on: Finding['on'] = 'value'): Finding {
  return { severity: 'error', code, message, path, on };
}

export function warningAt(code: string, path: KeyPath, message: string, on: Finding['on'] = 'value'): Finding {
  return { severity: 'warning', code, message, path, on };
}

/** `purposes.chat.models[0].key`; a name that would be ambiguous is quoted: `model_options["gpt-5.4"]`. */
export function formatPath(path: KeyPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (part === '' || /[\s.[\]"]/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

/** Whether `path` is `start` or inside of it. */
export function isWithin(path: KeyPath, start: KeyPath): boolean {
  return start.length <= path.length && start.every((part, index) => String(path[index]) === String(part));
}

/** ` Did you mean "models"?`, or nothing. */
export function didYouMean(names: readonly string[]): string {
  if (names.length === 0) return '';
  return ` Did you mean ${names.map((name) => `"${name}"`).join(' or ')}?`;
}

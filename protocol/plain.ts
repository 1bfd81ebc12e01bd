// What the plain forms of params are checked with, without zod.

export type Check = (value: unknown) => boolean;

/** Whether each member of `value` is one of `checks` and passes it. A member that is missing is not looked at. */
export function hasOnly(value: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>): boolean {
  return Object.keys(value).every((name) => Object.hasOwn(checks, name) && checks[name]?.(value[name]) === true);
}

export function hasNone(value: object): boolean {
  return Object.keys(value).length === 0;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

import { Failure } from '../lib/failure.ts';

/** How many hooks deep calls may be nested. protocol 5. */
const deepest = 8;

/** The depth of a call that a handler of a hook makes: it gives back in `_meta.depth` what it was told, and is one deeper. */
export function depthOf(params: { readonly _meta?: { readonly [key: string]: unknown } | undefined }): number {
  const told = params._meta?.['depth'];
  return typeof told === 'number' ? deeper(told) : 0;
}

/** The depth of a call that a hook makes which was called at `told`. Throws when that is too deep. */
export function deeper(told: number): number {
  const depth = told + 1;
  if (depth > deepest)
    throw new Failure('hookFailed', `Hooks that call the sidecar are nested more than ${deepest} deep: a hook most likely asks itself.`, {
      limit: deepest,
    });
  return depth;
}

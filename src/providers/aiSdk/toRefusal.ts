import { AISDKError, UnsupportedFunctionalityError } from '@ai-sdk/provider';
import { Failure } from '../../lib/failure.ts';
import type { Scrub } from './scrub.ts';

/**
 * What a package threw before it sent anything: it does not take something of the prompt. undefined for what is not its
 * refusal, so a defect.
 */
export function toRefusal(error: unknown, about: { name: string; type: string; scrub: Scrub }): Failure | undefined {
  if (!AISDKError.isInstance(error)) return undefined;
  if (UnsupportedFunctionalityError.isInstance(error)) {
    const what = about.scrub(error.functionality);
    return new Failure('unsupportedFeature', `${about.name} does not take this: ${what}. Leave it out, or use another model.`, {
      required: what,
    });
  }
  const issues = issuesOf(error).map(({ path, message }) => ({
    path: ['options', about.type, ...path].join('.'),
    message: about.scrub(message),
  }));
  const said = issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new Failure('invalidParams', `${about.name} does not take this prompt: ${said === '' ? about.scrub(error.message) : said}.`, {
    retryable: false,
    ...(issues.length === 0 ? {} : { issues }),
  });
}

/** A defect with its place and without its words: those may quote the prompt. */
export function withoutWords(error: unknown): Error {
  const name = error instanceof Error ? error.name : typeof error;
  const safe = new Error(`${name} while a prompt was prepared`);
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  safe.stack = [safe.message, ...frames].join('\n');
  return safe;
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The packages validate their options with zod; the issues are some causes down. */
function issuesOf(error: unknown): Issue[] {
  let current = error;
  for (let depth = 0; depth < 4 && current instanceof Error; depth++) {
    const { issues } = current as { issues?: unknown };
    if (Array.isArray(issues)) return issues as Issue[];
    current = current.cause;
  }
  return [];
}

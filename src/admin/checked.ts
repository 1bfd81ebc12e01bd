import type * as z from 'zod';
import { Failure } from '../lib/failure.ts';

/** What was asked, if it is what the schema says. Throws invalidParams, which quotes nothing of it. */
export function checked<Schema extends z.ZodType>(schema: Schema, asked: unknown): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(asked);
  if (success) return data;
  const issues = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new Failure('invalidParams', issues.map(({ path, message }) => `${path === '' ? '' : `${path}: `}${message}`).join('; '), {
    issues,
  });
}

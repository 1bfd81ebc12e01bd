import type { Answer } from './answer.ts';

/** Said once, however many responses there are. */
export function warn(answer: Answer, warning: { readonly code: string; readonly message: string }): void {
  const isSaid = answer.warnings.some(({ code, message }) => code === warning.code && message === warning.message);
  if (!isSaid) answer.take({ type: 'warning', ...warning });
}

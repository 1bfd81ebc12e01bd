import type { PrepareCall, PreparedOptions } from './definition.ts';

/** For packages that have no `max` and would send no level at all. */
export function atMostXhigh({ options }: PrepareCall): PreparedOptions {
  return options['reasoning'] === 'max' ? { settings: { reasoning: 'xhigh' } } : {};
}

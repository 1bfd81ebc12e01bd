import type { Finding } from './finding.ts';
import type { ConfigValues } from './schema.ts';
import type { Diagnostic, Json } from '../../protocol/index.ts';

/** A configuration that was read without error. Other rooms hold it and ask the functions of toSnapshot.ts about it. */
export interface Config {
  /** The file; null: none was read. */
  readonly source: string | null;
  readonly values: ConfigValues;
  /** As it is written, `$env` unresolved, keys of the top level or of the plugin only. */
  readonly written: Json;
  /** Places a problem that was found later, such as an unknown model, in the file. */
  readonly diagnose: (found: Finding) => Diagnostic;
}

/** Everything allowed, no default model. behaviour 1.7. */
export const emptyConfig: Config = {
  source: null,
  values: {},
  written: {},
  diagnose: ({ severity, code, message }) => ({ severity, code, message, path: '', source: '' }),
};

import { homedir } from 'node:os';
import { discoverConfig, type ConfigPlace } from '../../config/discover.ts';
import type { Rules } from '../../policy/rules.ts';
import { actionNamed } from '../actionNamed.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { parseWords } from '../parseWords.ts';
import { shortPath, showDiagnostics } from '../showDiagnostics.ts';
import type { Channel } from '../terminal.ts';
import { withApp } from '../withApp.ts';

const help = `Look after the configuration.

Usage:
  llm-sidecar config check [FILE] [--json]  every problem, at its place in the file
  llm-sidecar config path                   which file is used
  llm-sidecar config schema                 its JSON Schema, for editors

FILE, or -c FILE, else $LLM_SIDECAR_CONFIG, else ./llm-sidecar.yaml, else llm-sidecar/config.yaml in the
user's configuration folder.

Exit code of check: 0 no errors (there may be warnings), 1 errors.

Examples:
  llm-sidecar config check
  llm-sidecar config check datasette.yaml
  llm-sidecar config schema > llm-sidecar.schema.json
`;

export const config: Command = { help, run };

const actions = { check, path, schema } as const;

async function run([action = '', ...words]: readonly string[], context: CommandContext): Promise<number> {
  return actionNamed('config', actions, action)(words, context);
}

const configOption = { config: { type: 'string', short: 'c' } } as const;

async function check(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, { ...configOption, json: { type: 'boolean' } });
  if (positionals.length > 1) throw new UsageError('config check takes one FILE');
  const asked = positionals[0] ?? values.config;
  const { out } = context.terminal;
  return withApp(context, asked, async (app) => {
    const diagnostics = app.config.diagnostics();
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    const { path } = app.config;
    if (values.json) {
      out.write(`${JSON.stringify({ path, ok: errors === 0, diagnostics }, null, 2)}\n`);
      return errors === 0 ? 0 : 1;
    }
    await showDiagnostics(out, diagnostics, { cwd: context.cwd, mask: app.redactor.mask });
    const warnings = diagnostics.length - errors;
    if (errors > 0) {
      out.write(`${out.paint('red', [counted(errors, 'error'), ...(warnings > 0 ? [counted(warnings, 'warning')] : [])].join(', '))}\n`);
      return 1;
    }
    showFound(out, app.engine.snapshot().rules, { path: path === null ? null : shortPath(path, context.cwd), warnings });
    if (path === null) out.write(lookedFor(placeOf(asked, context), context));
    return 0;
  });
}

function showFound(out: Channel, rules: Rules, { path, warnings }: { path: string | null; warnings: number }): void {
  const ok =
    warnings === 0 ? out.paint('green', 'ok') : `${out.paint('green', 'ok')}, ${out.paint('yellow', counted(warnings, 'warning'))}`;
  out.write(
    `${ok}: ${path === null ? 'there is no configuration file, so every model whose key is set may be used' : out.paint('bold', out.safe(path))}\n`,
  );
  if (path === null) return;
  const purposes = [...rules.purposes.keys()];
  const rows: [string, string][] = [
    ['default model', rules.defaultModel?.model ?? 'none'],
    ['purposes', purposes.length === 0 ? 'none' : purposes.join(', ')],
    ['models', rules.models === null ? 'all' : rules.models.length === 0 ? 'only the defaults' : rules.models.join(', ')],
    ['blocked', rules.blockedModels.length === 0 ? 'none' : rules.blockedModels.join(', ')],
  ];
  for (const [name, value] of rows) out.write(`  ${out.paint('dim', name.padEnd(15))}${out.safe(value)}\n`);
}

async function path(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, configOption);
  if (positionals.length > 0) throw new UsageError('config path takes no words');
  const { out, err } = context.terminal;
  return withApp(context, values.config, async (app) => {
    const missing = app.config.diagnostics().find(({ code, source }) => code === 'fileMissing' && source === app.config.path);
    if (app.config.path !== null && missing === undefined) {
      out.write(`${app.config.path}\n`);
      return 0;
    }
    err.write(missing === undefined ? 'There is no configuration file.\n' : `${err.safe(missing.source)}: ${missing.message}\n`);
    if (missing === undefined) err.write(lookedFor(placeOf(values.config, context), context));
    return 1;
  });
}

async function schema(words: readonly string[], { terminal }: CommandContext): Promise<number> {
  const { positionals } = parseWords(words, {});
  if (positionals.length > 0) throw new UsageError('config schema takes no words');
  const [{ configJsonSchema }, { providerTypes }] = await Promise.all([
    import('../../config/jsonSchema.ts'),
    import('../../providers/index.ts'),
  ]);
  terminal.out.write(`${JSON.stringify(configJsonSchema(providerTypes()), null, 2)}\n`);
  return 0;
}

function placeOf(option: string | undefined, { env, cwd }: CommandContext): ConfigPlace {
  return discoverConfig(option, { env, cwd, home: homedir(), platform: process.platform });
}

function lookedFor({ candidates }: ConfigPlace, { cwd }: CommandContext): string {
  return ['looked for:', ...candidates.map((candidate) => `  ${shortPath(candidate, cwd)}`), ''].join('\n');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

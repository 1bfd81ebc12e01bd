import type { Diagnostic } from '../../protocol/index.ts';
import type { ProviderSettings } from '../catalogue/providerSettings.ts';
import { readExtraModels } from './extraOpenaiModels.ts';
import { warningAt } from './finding.ts';
import type { TextFile } from './readText.ts';
import { secretValues } from './secretValues.ts';
import { readYaml } from './yamlDocument.ts';

/** `aliases.json`: names and the models they stand for, as `llm aliases set` writes them. */
export function parseAliases(file: TextFile): { aliases: Map<string, string>; problems: Diagnostic[] } {
  const aliases = new Map<string, string>();
  if (file.text === null) return { aliases, problems: unreadable(file) };
  // The YAML parser knows where things are and never quotes them; JSON's own takes a few texts that it does not.
  const document = readYaml(file.text, file.path);
  const value = parseJson(file.text);
  const problems: Diagnostic[] = [];
  const warn = (path: readonly string[], message: string): void =>
    void problems.push(document.diagnose(warningAt('wrongType', path, message)));
  if (value === undefined) {
    const notJson = warningAt('syntaxError', [], 'Not JSON, so no alias is read from this file. Correct it, or use `llm aliases set`.');
    return { aliases, problems: [...document.problems.map(asWarning), document.diagnose(notJson)].slice(0, 1) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    warn([], 'Expected names and models, {"name": "model"}; the file is ignored.');
    return { aliases, problems };
  }
  for (const [alias, model] of Object.entries(value) as [string, unknown][]) {
    if (typeof model === 'string' && model !== '') aliases.set(alias, model);
    else warn([alias], 'Expected the id of a model as text; this alias is ignored.');
  }
  return { aliases, problems };
}

interface ExtraModels {
  readonly providers: ProviderSettings[];
  readonly problems: Diagnostic[];
  readonly secrets: readonly string[];
}

/** `extra-openai-models.yaml`: models of OpenAI and of servers that speak its wire. */
export function parseExtraOpenaiModels(file: TextFile): ExtraModels {
  if (file.text === null) return { providers: [], problems: unreadable(file), secrets: [] };
  const { value, problems: syntax, diagnose } = readYaml(file.text, file.path);
  const problems = syntax.map(asWarning);
  if (value === undefined || value === null) return { providers: [], problems, secrets: [] };
  const { providers, problems: found } = readExtraModels(value);
  return { providers, problems: [...problems, ...found.map(diagnose)], secrets: secretValues(value, value) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** A broken file of another program is never a reason to refuse our configuration. */
function asWarning(problem: Diagnostic): Diagnostic {
  return { ...problem, severity: 'warning' };
}

function unreadable({ path, trouble }: TextFile): Diagnostic[] {
  if (trouble === null) return [];
  return [{ severity: 'warning', code: 'fileUnreadable', message: `This file cannot be read: ${trouble}.`, path: '', source: path }];
}

import type { Diagnostic } from '../../protocol/index.ts';
import type { Config } from '../../src/config/config.ts';
import { parseConfig, type ParsedConfig } from '../../src/config/parse.ts';

export const providerTypes = [
  'anthropic',
  'cohere',
  'deepseek',
  'google',
  'groq',
  'mistral',
  'openai',
  'openai-compatible',
  'openrouter',
  'xai',
];

export function parse(text: string, env: Record<string, string> = {}): ParsedConfig {
  return parseConfig(text, { source: 'test.yaml', providerTypes, env });
}

/** The configuration of a text that must be without error. */
export function parsed(text: string, env: Record<string, string> = {}): Config {
  const { config, problems } = parse(text, env);
  if (!config) throw new Error(problems.map(show).join('\n'));
  return config;
}

/** `error wrongType purposes.chat.model 3:11-3:13`: lines and characters from 0, as on the wire. */
export function show({ severity, code, path, range }: Diagnostic): string {
  const at = range ? `${range.start.line}:${range.start.character}-${range.end.line}:${range.end.character}` : 'nowhere';
  return `${severity} ${code} ${path || '(root)'} ${at}`;
}

/** Some models and aliases, as a catalogue knows them. */
export const names = {
  resolve: (name: string): string | null => known.get(name) ?? null,
  suggest: (name: string): string[] => (name === 'gpt-5.4-mni' ? ['gpt-5.4-mini'] : []),
};

const known = new Map([
  ['gpt-5.4', 'gpt-5.4'],
  ['gpt-5.4-mini', 'gpt-5.4-mini'],
  ['gpt-5.4-nano', 'gpt-5.4-nano'],
  ['gpt-5.4-pro', 'gpt-5.4-pro'],
  ['claude-sonnet-4-6', 'claude-sonnet-4-6'],
  ['claude-sonnet-4.6', 'claude-sonnet-4-6'],
  ['local-llama', 'local-llama'],
]);

import { applicationFolder, pathsOf, type Surroundings } from './surroundings.ts';

export interface ConfigPlace {
  /** Files that may be the configuration, the first that exists is. Watched also while they do not exist. */
  readonly candidates: readonly string[];
  /** Someone asked for this one file, so it should exist. */
  readonly named: '--config' | 'LLM_SIDECAR_CONFIG' | null;
}

/** `--config`, else `LLM_SIDECAR_CONFIG`, else `./llm-sidecar.yaml`, else `llm-sidecar/config.yaml` of the user. */
export function discoverConfig(option: string | undefined, surroundings: Surroundings): ConfigPlace {
  const path = pathsOf(surroundings);
  const { cwd, env } = surroundings;
  if (option) return { candidates: [path.resolve(cwd, option)], named: '--config' };
  if (env['LLM_SIDECAR_CONFIG']) return { candidates: [path.resolve(cwd, env['LLM_SIDECAR_CONFIG'])], named: 'LLM_SIDECAR_CONFIG' };
  const ofUser = path.join(applicationFolder('llm-sidecar', surroundings), 'config.yaml');
  return { candidates: [path.join(cwd, 'llm-sidecar.yaml'), ofUser], named: null };
}

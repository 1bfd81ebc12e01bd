import { LLM, type LLMOptions } from '../../../client/index.ts';
import { sidecarCommand } from '../../support/sidecar.ts';

/** The sidecar of this repository, with nothing of the developer's machine. */
export function realSidecar(options: LLMOptions = {}): LLM {
  const env = { LLM_ECHO_NEEDS_KEY_KEY: 'k3y', LLM_SIDECAR_CONFIG: undefined, LLM_USER_PATH: '/nowhere', XDG_CONFIG_HOME: '/nowhere' };
  const [command, ...args] = sidecarCommand;
  return new LLM({ command, args, env, cwd: import.meta.dirname, stderr: 'ignore', ...options });
}

import { fileURLToPath } from 'node:url';
import { LLM, type LLMOptions } from '../../../client/index.ts';

/** An LLM over one of the test sidecars of this folder, by name. */
export function sidecar(name: string, options: LLMOptions = {}): LLM {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  return new LLM({ command: process.execPath, args: [file], stderr: 'ignore', ...options });
}

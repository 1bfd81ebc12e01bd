import { applicationFolder, pathsOf, type Surroundings } from './surroundings.ts';

/** The folder of the `llm` command: `LLM_USER_PATH`, else where click puts `io.datasette.llm`. */
export function llmFolder(surroundings: Surroundings): string {
  return surroundings.env['LLM_USER_PATH'] || applicationFolder('io.datasette.llm', surroundings);
}

/** The files in it that this room reads or watches. */
export function llmFiles(surroundings: Surroundings): { aliases: string; extraModels: string; keys: string } {
  const folder = llmFolder(surroundings);
  const path = pathsOf(surroundings);
  return {
    aliases: path.join(folder, 'aliases.json'),
    extraModels: path.join(folder, 'extra-openai-models.yaml'),
    keys: path.join(folder, 'keys.json'),
  };
}

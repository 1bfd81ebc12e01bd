import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startLeanHost } from '../ways/leanHost.ts';
import type { Bench } from './section.ts';

/**
 * Milliseconds from the moment the configuration has been saved until a prompt without a model is answered by the new
 * default: `reload`. Prompts are sent one after another, a millisecond apart.
 */
export async function measureReload({ sizes, dir, env, settings, record }: Bench): Promise<void> {
  const path = join(dir, 'reload.yaml');
  const base = await readFile(settings.config, 'utf8');
  const save = (model: string): Promise<void> => writeFile(path, `${base}default_model: ${model}\n`);
  await save('echo');
  const host = startLeanHost([...settings.command, '--config', path], env);
  const answersNow = async (): Promise<string> => {
    const { result, error } = await host.request('llm/prompt', { prompt: '1' });
    if (error !== undefined) throw new Error(error.message);
    return result.model;
  };
  try {
    await host.initialize();
    await answersNow();
    for (let time = 0; time < sizes.rounds * sizes.saves; time += 1) {
      // Editors save again soon, but not within what the sidecar waits for the end of a save.
      await setTimeout(300);
      const model = time % 2 === 0 ? 'm' : 'echo';
      await save(model);
      const saved = performance.now();
      while ((await answersNow()) !== model) {
        if (performance.now() - saved > 20_000) throw new Error('the saved configuration did not come into effect within 20 s');
        await setTimeout(1);
      }
      record('reload', performance.now() - saved);
    }
  } finally {
    await host.stop();
  }
}

import type { App } from '../../app.ts';
import { listModels } from '../../engine/listModels.ts';
import type { Command, CommandContext } from '../command.ts';
import { candidatesFor, type Candidate, type KnownNames } from '../completion/candidates.ts';
import { mainHelp } from '../help.ts';
import { withApp } from '../withApp.ts';

/** What the scripts of `completion` ask: a candidate a line, with what it is behind a tab. It says nothing of failures. */
export function complete(helpOf: (command: string) => Promise<string>): Command {
  return {
    help: '',
    async run(words, context) {
      try {
        const candidates = await candidatesFor(words, { mainHelp, helpOf, names: namesIn(context, configIn(words)) });
        const { out } = context.terminal;
        if (candidates === 'files') out.write(':files\n');
        else for (const { word, description } of candidates) out.write(description === '' ? `${word}\n` : `${word}\t${description}\n`);
        return 0;
      } catch {
        return 1;
      }
    },
  };
}

/** Each opens what it needs: a command is completed without the configuration. */
function namesIn(context: CommandContext, configPath: string | undefined): KnownNames {
  const ask = async (find: (app: App) => Promise<Candidate[]>): Promise<Candidate[]> =>
    withApp({ ...context, terminal: { ...context.terminal, warn: () => {} } }, configPath, find);
  return {
    models: async () =>
      ask(async ({ engine }) => {
        const scope = { purpose: undefined, actor: null, includeUnavailable: false, depth: 0 };
        const { models } = await listModels(engine, scope, new AbortController().signal);
        return models.map(({ id, provider }) => ({ word: id, description: provider }));
      }),
    purposes: async () =>
      ask(async ({ engine }) => [...engine.snapshot().rules.purposes].map(([word, { description = '' }]) => ({ word, description }))),
    secrets: async () =>
      ask(async ({ secrets }) => secrets.registered().map(({ name, description = '' }) => ({ word: name, description }))),
    providers: async () => ask(async ({ engine }) => [...engine.snapshot().providers.keys()].map((word) => ({ word, description: '' }))),
  };
}

function configIn(words: readonly string[]): string | undefined {
  const at = words.findLastIndex((word, index) => (word === '-c' || word === '--config') && index < words.length - 2);
  return at === -1 ? undefined : words[at + 1];
}

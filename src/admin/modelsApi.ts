import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { explainPrompt } from '../engine/explainPrompt.ts';
import { listModels } from '../engine/listModels.ts';
import { toPromptRequest } from '../session/promptTranslation.ts';
import type { Answer } from './api.ts';
import { checked } from './checked.ts';
import type { AdminContext } from './context.ts';
import type { ExplainAsked, Explained, ModelsState, PurposeState } from './shapes.ts';

export const models: Answer = async (context) => {
  const { engine, extensions } = context.app;
  const listed = await listModels(engine, { purpose: undefined, actor: null, includeUnavailable: true, depth: 0 }, never());
  const { rules } = engine.snapshot();
  const ofPlugins = extensions.pluginPurposes();
  const names = new Set([...rules.purposes.keys(), ...ofPlugins.map(({ name }) => name)]);
  const purposes = await Promise.all(
    [...names].map(async (name): Promise<PurposeState> => {
      const configured = rules.purposes.get(name);
      const plugin = ofPlugins.find((one) => one.name === name);
      return {
        name,
        description: plugin?.description ?? configured?.description,
        registeredBy: plugin?.registeredBy ?? 'config',
        model: configured?.model?.model ?? null,
        models: configured?.models?.map(({ model }) => model) ?? null,
        blockedModels: configured?.blockedModels ?? [],
        explanation: await explained(context, { purpose: name }),
      };
    }),
  );
  const body: ModelsState = {
    purposes: [
      {
        name: null,
        registeredBy: 'config',
        model: rules.defaultModel?.model ?? null,
        models: rules.models,
        blockedModels: rules.blockedModels,
        explanation: await explained(context, {}),
      },
      ...purposes,
    ],
    models: listed.models
      .filter(({ features }) => features.embed === undefined)
      .map(({ id, provider, available, unavailableReason }) => ({ id, provider, available, why: unavailableReason })),
  };
  return { body };
};

const question = z.strictObject({
  purpose: z.string().max(500).optional(),
  actor: z.string().max(500).optional(),
  model: z.string().max(500).optional(),
});

/** What `llm/explain` says of a prompt with these. */
export const explain: Answer = async (context, asked) => {
  const { purpose, actor, model } = checked(question, asked);
  await context.app.engine.askServers();
  return { body: await explained(context, { purpose: purpose || undefined, actor: actor || undefined, model: model || undefined }) };
};

async function explained({ app }: AdminContext, { purpose, actor, model }: ExplainAsked): Promise<Explained> {
  const request = toPromptRequest({
    promptId: randomUUID(),
    model,
    purpose,
    actor: actor === undefined ? undefined : { id: actor },
    options: {},
    prompt: '',
  });
  return explainPrompt(app.engine, request, never());
}

function never(): AbortSignal {
  return new AbortController().signal;
}

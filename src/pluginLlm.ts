import { randomUUID } from 'node:crypto';
import type { Engine } from './engine/engine.ts';
import { listModels } from './engine/listModels.ts';
import { runPrompt } from './engine/runPrompt.ts';
import type { CreateLlm } from './hooks/pluginHook.ts';
import { deeper } from './session/depth.ts';

/** How plugins prompt models themselves: in the process, one hook deeper, without waiting for a place among the prompts. */
export function createPluginLlm(engine: () => Engine): CreateLlm {
  return ({ depth, actor, signal }) => ({
    async prompt(prompt, asked = {}) {
      const cancel = asked.signal ?? signal;
      const outcome = await runPrompt(
        engine(),
        {
          promptId: randomUUID(),
          model: asked.model,
          purpose: asked.purpose,
          actor: asked.actor === undefined ? actor : asked.actor,
          groupId: undefined,
          prompt,
          messages: asked.messages ?? [],
          system: asked.system,
          attachments: [],
          options: asked.options ?? {},
          schema: asked.schema,
          tools: [],
          toolChoice: undefined,
          toolNames: asked.toolNames ?? [],
          answerTool: undefined,
          maxSteps: undefined,
          conversationId: undefined,
          depth: deeper(depth),
          stream: false,
          timeoutMs: asked.timeoutMs,
          metadata: asked.metadata,
        },
        () => {},
        { cancels: [cancel] },
      );
      cancel.throwIfAborted();
      const { text, parsed, model, stopReason, usage, cost, messages } = outcome;
      return { text, parsed, model, stopReason, usage, cost, messages };
    },
    async models(about = {}) {
      const request = {
        purpose: about.purpose,
        actor: about.actor === undefined ? actor : about.actor,
        includeUnavailable: false,
        depth: deeper(depth),
      };
      return (await listModels(engine(), request, signal)).models;
    },
  });
}

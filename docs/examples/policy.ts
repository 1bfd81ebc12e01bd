import { definePlugin, Refusal } from 'llm-sidecar/plugin';

const forbidden = 'swordfish';
const tokens = new Map<string, number>();

/** A plugin that decides: it refuses prompts with a word in them, counts tokens for each actor, and has a tool. */
export default definePlugin({
  name: 'policy',

  async *promptContext({ prompt, actor }) {
    if (prompt.includes(forbidden)) throw new Refusal('That word stays here.', { word: forbidden });
    const { usage } = yield;
    const id = actor?.id ?? 'nobody';
    tokens.set(id, (tokens.get(id) ?? 0) + (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0));
    console.log(`policy: ${tokens.get(id)} tokens of ${id}`);
  },

  registerTools: () => [
    {
      name: 'add',
      description: 'Adds two numbers.',
      inputSchema: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
      execute(args) {
        const { a, b } = args as { a: number; b: number };
        return String(a + b);
      },
    },
  ],
});

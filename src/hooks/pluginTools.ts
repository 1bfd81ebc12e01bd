import type { Tool, ToolOutcome } from '../engine/ports.ts';
import type { PluginTool, PluginToolResult } from '../plugin/plugin.ts';
import type { CreateLlm } from './pluginHook.ts';

/** A tool of a plugin as a chain calls it. Throws what is wrong with it. */
export function pluginTool(plugin: string, tool: PluginTool, createLlm: CreateLlm): Tool {
  const { name, description, inputSchema = { type: 'object' } } = tool;
  if (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name))
    throw new TypeError('the name of a tool has to be 1 to 64 letters, digits, _ and -');
  if (typeof tool.execute !== 'function') throw new TypeError(`the tool ${name} has no execute function`);
  return {
    spec: { name, ...(description === undefined ? {} : { description }), inputSchema },
    registeredBy: plugin,
    answer: async ({ args, promptId, toolCallId, actor, depth, groupId: group }, signal) =>
      toOutcome(await tool.execute(args, { promptId, toolCallId, actor, group, depth, signal, llm: createLlm({ depth, actor, signal }) })),
  };
}

function toOutcome(result: PluginToolResult): ToolOutcome {
  if (typeof result === 'string' || Array.isArray(result)) return { content: result };
  if (typeof result !== 'object' || result === null || !(typeof result.content === 'string' || Array.isArray(result.content))) {
    throw new TypeError('a tool has to give text, content parts, or { content }');
  }
  return result;
}

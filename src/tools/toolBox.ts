import type { Tool, ToolBox } from '../engine/ports.ts';
import { Failure } from '../lib/failure.ts';
import { redactFailure, type Redact } from '../lib/redactFailure.ts';
import { distinctToolName, type ServerTool, type ToolServer } from './serverTool.ts';

/**
 * The tools of plugins by their names, those of servers as `server/tool` or all of one as `server/*`. `redact` takes secrets
 * out of errors, which the model and the host get to read. What a tool answers is left as it is.
 */
export function createToolBox(registered: readonly Tool[], servers: readonly ToolServer[], redact: Redact = asItIs): ToolBox {
  const byName = new Map<string, Tool>();
  for (const tool of registered) if (!byName.has(tool.spec.name)) byName.set(tool.spec.name, tool);
  const known = [...byName.keys(), ...servers.map((one) => `${one.name}/*`)];

  const pickOne = async (name: string, signal: AbortSignal): Promise<readonly Picked[]> => {
    const own = byName.get(name);
    if (own !== undefined) return [{ tool: own, of: undefined }];
    const server = servers.find((one) => name.startsWith(`${one.name}/`));
    if (server === undefined) throw toolNotFound(name, known);
    const offered = await server.tools(signal);
    const wanted = name.slice(server.name.length + 1);
    const found = wanted === '*' ? offered : offered.filter((one) => one.name === wanted);
    if (found.length === 0 && wanted !== '*')
      throw toolNotFound(
        name,
        offered.map((one) => `${server.name}/${one.name}`),
        `The MCP server "${server.name}" has no tools.`,
      );
    return found.map((one) => ({ tool: one.tool, of: { server: server.name, name: one.name } }));
  };

  return {
    async pick(names, signal) {
      const picked = await Promise.all([...new Set(names)].map(async (name) => clean(async () => pickOne(name, signal), redact)));
      return withDistinctNames(picked.flat()).map((tool) => ({
        ...tool,
        answer: async (call, stop) => clean(async () => tool.answer(call, stop), redact),
      }));
    },
    list: () => [
      ...[...byName.values()].map(({ spec, registeredBy }) => ({ name: spec.name, registeredBy })),
      ...servers.map(({ name }) => ({ name: `${name}/*`, registeredBy: name })),
    ],
  };
}

async function clean<T>(run: () => Promise<T>, redact: Redact): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Failure) throw redactFailure(error, redact);
    const message = error instanceof Error ? error.message : String(error);
    throw redact(message) === message ? error : new Error(redact(message));
  }
}

function asItIs<T>(value: T): T {
  return value;
}

interface Picked {
  readonly tool: Tool;
  readonly of: { readonly server: string; readonly name: ServerTool['name'] } | undefined;
}

/** A tool that was asked for twice is there once; of two with one name the one of a plugin, or the first, keeps it. */
function withDistinctNames(picked: readonly Picked[]): Tool[] {
  const taken = new Map<string, Tool>();
  const seen = new Set<string>();
  for (const { tool, of } of picked.toSorted((a, b) => Number(a.of !== undefined) - Number(b.of !== undefined))) {
    const source = of === undefined ? tool.spec.name : `${of.server}/${of.name}`;
    if (seen.has(source)) continue;
    seen.add(source);
    const name = of !== undefined && taken.has(tool.spec.name) ? distinctToolName(of.server, of.name) : tool.spec.name;
    taken.set(name, name === tool.spec.name ? tool : { ...tool, spec: { ...tool.spec, name } });
  }
  return [...taken.values()];
}

function toolNotFound(name: string, known: readonly string[], otherwise = 'No plugin and no MCP server is configured.'): Failure {
  const hint = known.length === 0 ? otherwise : `Known: ${known.join(', ')}.`;
  return new Failure('toolNotFound', `There is no tool "${name}". ${hint}`, { suggestions: [...known] });
}

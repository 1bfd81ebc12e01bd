import type { Tool, ToolBox } from '../engine/ports.ts';
import { Failure } from '../lib/failure.ts';

/** Where more tools than the registered ones come from; they are started when one of their tools is wanted. */
export interface ToolServer {
  readonly name: string;
  /** Starts it if need be. Throws a Failure that says why it cannot. */
  tools(signal: AbortSignal): Promise<readonly Tool[]>;
}

/** The tools of plugins by their names, those of servers as `server/tool` or all of one as `server/*`. */
export function createToolBox(registered: readonly Tool[], servers: readonly ToolServer[]): ToolBox {
  const byName = new Map(registered.map((tool) => [tool.spec.name, tool]));
  const pickOne = async (name: string, signal: AbortSignal): Promise<readonly Tool[]> => {
    const tool = byName.get(name);
    if (tool) return [tool];
    const server = servers.find((one) => name.startsWith(`${one.name}/`));
    const offered = server === undefined ? [] : await server.tools(signal);
    const wanted = name.slice((server?.name.length ?? 0) + 1);
    const found = offered.filter((one) => wanted === '*' || one.spec.name === wanted);
    if (server === undefined || (found.length === 0 && wanted !== '*')) throw toolNotFound(name, [...byName.keys(), ...servers.map((one) => `${one.name}/*`)]);
    return found;
  };
  return {
    async pick(names, signal) {
      const picked = await Promise.all([...new Set(names)].map(async (name) => pickOne(name, signal)));
      return [...new Map(picked.flat().map((tool) => [tool.spec.name, tool])).values()];
    },
    list: () => [...registered.map(({ spec, registeredBy }) => ({ name: spec.name, registeredBy })), ...servers.map(({ name }) => ({ name: `${name}/*`, registeredBy: name }))],
  };
}

function toolNotFound(name: string, known: readonly string[]): Failure {
  const hint = known.length === 0 ? 'No plugin and no MCP server is configured.' : `Known: ${known.join(', ')}.`;
  return new Failure('toolNotFound', `There is no tool "${name}". ${hint}`, { suggestions: [...known] });
}

import { createHash } from 'node:crypto';
import type { Tool } from '../engine/ports.ts';

/** A tool of a server: `name` is the server's own, `tool.spec.name` what the model sees. */
export interface ServerTool {
  readonly name: string;
  readonly tool: Tool;
}

/** Where more tools than the registered ones come from; it is started when one of its tools is wanted. */
export interface ToolServer {
  readonly name: string;
  /** Starts it if need be. Throws a Failure that says why it cannot. */
  tools(signal: AbortSignal): Promise<readonly ServerTool[]>;
}

/** The strictest of the providers: letters, digits, `_` and `-`, at most this many. */
const longest = 64;
const hashLength = 6;

/** `server_tool`. A name that providers would refuse is mended and gets a hash, so that it is the same at every start. */
export function modelToolName(server: string, tool: string): string {
  const plain = `${server}_${tool}`;
  return /^[a-zA-Z0-9_-]{1,64}$/.test(plain) ? plain : distinctToolName(server, tool);
}

/** The name with a hash: for one that another tool of the prompt has already. */
export function distinctToolName(server: string, tool: string): string {
  const hash = createHash('sha256').update(`${server}/${tool}`).digest('hex').slice(0, hashLength);
  const mended = `${server}_${tool}`.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, longest - hashLength - 1);
  return `${mended}_${hash}`;
}

import type { ServerResponse } from 'node:http';
import type { AdminContext } from './context.ts';
import { configState } from './configApi.ts';

/** The state of the configuration as it changes, for as long as a page listens. */
export interface Events {
  add(response: ServerResponse): Promise<void>;
  close(): void;
}

/** So that a browser notices when the sidecar is gone. */
const heartbeatMs = 15_000;

export function createEvents(context: AdminContext): Events {
  const listeners = new Set<ServerResponse>();
  const tell = async (responses: Iterable<ServerResponse>): Promise<void> => {
    const state = context.app.redactor.redactJson(await configState(context));
    for (const response of responses) if (!response.writableEnded) response.write(`event: config\ndata: ${JSON.stringify(state)}\n\n`);
  };
  const tellAll = (): void => {
    tell(listeners).catch((error: unknown) => context.app.log(`llm-sidecar admin: ${error instanceof Error ? error.name : 'failed'}`));
  };
  context.app.onChange(tellAll);
  const heartbeat = setInterval(() => {
    for (const response of listeners) response.write(': \n\n');
  }, heartbeatMs);
  return {
    async add(response) {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
      await tell([response]);
    },
    close() {
      clearInterval(heartbeat);
      for (const response of listeners) response.end();
      listeners.clear();
    },
  };
}

import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openApp } from '../../../src/app.ts';
import { runPrompt } from '../../../src/engine/runPrompt.ts';
import { toPromptRequest } from '../../../src/session/promptTranslation.ts';
import { untilDayLasts } from '../../support/untilDayLasts.ts';

export interface Spent {
  readonly model?: string;
  readonly purpose?: string;
  readonly actor?: string;
  readonly prompt?: string;
  /** How long ago it was. */
  readonly daysAgo?: number;
}

/** A server that speaks OpenAI's chat wire. Every answer is the same and costs the same. */
export async function openModelServer(usage = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 }) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (choices: object[], rest: object = {}): void =>
        void response.write(
          `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...rest })}\n\n`,
        );
      send([{ index: 0, delta: { role: 'assistant', content: 'Pelicans carry fish.' }, finish_reason: null }]);
      send([{ index: 0, delta: {}, finish_reason: 'stop' }]);
      send([], { usage });
      response.end('data: [DONE]\n\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * Runs real prompts with the configuration of a folder and then sets their rows back by days. Failures are rows as well. The day
 * goes on long enough for a test to look at them.
 */
export async function spend(folder: string, env: Readonly<Record<string, string>>, prompts: readonly Spent[]): Promise<void> {
  await untilDayLasts(40);
  const app = await openApp({ configPath: join(folder, 'llm-sidecar.yaml'), env, cwd: folder, write: () => {} });
  const days = new Map<string, number>();
  try {
    for (const { model, purpose, actor, prompt = 'Hello', daysAgo = 0 } of prompts) {
      const request = toPromptRequest({ model, purpose, actor: actor === undefined ? undefined : { id: actor }, prompt });
      days.set(request.promptId, daysAgo);
      await runPrompt(app.engine, request, () => {}, { cancels: [] }).catch(() => {});
    }
  } finally {
    await app.close();
  }
  const database = new DatabaseSync(join(folder, 'sidecar.db'));
  const move = database.prepare('update llm_sidecar_responses set started_at = ? where prompt_id = ?');
  const noon = Date.parse(`${new Date().toISOString().slice(0, 10)}T12:00:00Z`);
  for (const [id, daysAgo] of days) if (daysAgo > 0) move.run(new Date(noon - daysAgo * 86_400_000).toISOString(), id);
  database.close();
}

/** Writes the params of the handshake to stderr. */
import { greeting, listen, send } from './speak.ts';

listen(({ id, method, params }) => {
  if (method === 'initialize') process.stderr.write(`${JSON.stringify(params)}\n`);
  const hooks = ((params?.['hooks'] ?? []) as { id: string }[]).map(({ id: hook }) => ({ id: hook, status: 'registered' }));
  const result = method === 'initialize' ? { ...greeting, hooks } : method === 'llm/models' ? { models: [], default: null } : null;
  if (id !== undefined) send({ id, result });
});

import type { Session } from '../../session/session.ts';
import type { Result } from '../handlers.ts';

export async function read({ config }: Session): Promise<Result<'config/read'>> {
  return { path: config.path, config: config.read(), diagnostics: config.diagnostics() };
}

import { listSecrets } from '../../engine/secrets.ts';
import type { Session } from '../../session/session.ts';
import type { Result } from '../handlers.ts';

export async function list({ secrets }: Session): Promise<Result<'secret/list'>> {
  return listSecrets(secrets);
}

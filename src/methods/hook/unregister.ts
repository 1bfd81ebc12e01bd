import { Failure } from '../../lib/failure.ts';
import type { Session } from '../../session/session.ts';
import type { Params, Result } from '../handlers.ts';

export async function unregister({ host, extensions }: Session, { ids }: Params<'hook/unregister'>): Promise<Result<'hook/unregister'>> {
  if (host?.capabilities.hooks?.dynamicRegistration === undefined) {
    throw new Failure('capabilityRequired', 'To take hooks back, say capabilities.hooks.dynamicRegistration in initialize.', {
      required: 'hooks.dynamicRegistration',
    });
  }
  return { unregistered: extensions.hostHooks.unregister(ids) };
}

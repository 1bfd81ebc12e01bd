import { Failure } from '../../lib/failure.ts';
import type { Session } from '../../session/session.ts';
import type { Context, Params, Result } from '../handlers.ts';

export async function register(
  { host, extensions }: Session,
  { hooks }: Params<'hook/register'>,
  { peer }: Context,
): Promise<Result<'hook/register'>> {
  if (host?.capabilities.hooks?.dynamicRegistration === undefined) {
    throw new Failure(
      'capabilityRequired',
      'To register hooks later, say capabilities.hooks.dynamicRegistration in initialize; or register them there.',
      {
        required: 'hooks.dynamicRegistration',
      },
    );
  }
  return { hooks: extensions.hostHooks.register(hooks, peer) };
}

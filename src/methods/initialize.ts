import { protocolVersion } from '../../protocol/protocolVersion.ts';
import { hookPoints } from '../../protocol/shapes/hookPoints.ts';
import { Failure } from '../lib/failure.ts';
import { schemaSha256 } from '../schema/schemaSha256.ts';
import { checkToken } from '../session/checkToken.ts';
import type { Session } from '../session/session.ts';
import type { Context, Params, Result } from './handlers.ts';

export async function initialize(session: Session, params: Params<'initialize'>, { peer }: Context): Promise<Result<'initialize'>> {
  checkToken(session, params.token);
  const { min, max } = params.protocolVersion;
  if (protocolVersion < min || protocolVersion > max) {
    const message = `This sidecar speaks version ${protocolVersion} of the protocol and the host ${min} to ${max}: update the older one.`;
    throw new Failure('unsupportedProtocolVersion', message, { required: { min: protocolVersion, max: protocolVersion } });
  }
  session.host = params;
  session.trace = params.trace ?? 'off';
  if (params.capabilities.secrets !== undefined) session.secrets.connectHost(peer);
  const hooks = session.extensions.hostHooks.register(params.hooks ?? [], peer);
  session.state = 'ready';
  session.onHost(params);
  setImmediate(() => session.onReady()); // Nothing goes out before the answer, and that leaves in this turn.
  return {
    protocolVersion,
    serverInfo: { name: session.server.name, version: session.server.version },
    instanceId: session.server.instanceId,
    capabilities: {
      prompt: { stream: {}, ack: {}, chain: {} },
      groups: {},
      conversations: {},
      secrets: {},
      usage: {},
      hooks: { points: [...hookPoints], dynamicRegistration: {} },
    },
    limits: { maxMessageBytes: session.maxMessageBytes, maxConcurrentPrompts: session.engine.snapshot().limits.maxConcurrentPrompts },
    hooks,
    schema: { sha256: schemaSha256 },
    config: { path: session.config.path, diagnostics: session.config.diagnostics() },
  };
}

import type { Session } from '../../session/session.ts';
import type { Result } from '../handlers.ts';

/** The first registration of a name wins, plugins first; those that are only configured come last. */
export async function purposes({ engine, extensions, host }: Session): Promise<Result<'llm/purposes'>> {
  const configured = engine.snapshot().rules.purposes;
  const ofHost = (host?.purposes ?? []).map((purpose) => ({ ...purpose, registeredBy: 'host' }));
  const ofConfig = [...configured.keys()].map((name) => ({ name, description: undefined, registeredBy: 'config' }));
  const all = [...extensions.pluginPurposes(), ...ofHost, ...ofConfig];
  const first = all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
  const listed = first.map(({ name, description, registeredBy }) => {
    const { model, models, blockedModels = [], description: written } = configured.get(name) ?? {};
    const told = description ?? written;
    return {
      name,
      ...(told === undefined ? {} : { description: told }),
      registeredBy,
      ...(model ? { model: model.model } : {}),
      ...(models ? { models: models.map((ref) => ref.model) } : {}),
      ...(blockedModels.length > 0 ? { blockedModels: [...blockedModels] } : {}),
    };
  });
  return { purposes: listed };
}

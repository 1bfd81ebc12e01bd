import { keyNeed } from './catalogue/keyNeed.ts';
import type { KeyNeed } from './catalogue/model.ts';
import type { ProviderSettings } from './catalogue/providerSettings.ts';
import type { FoundKey, KeyRing } from './engine/ports.ts';
import type { Health, HealthCheck } from './healthChecks.ts';
import { createSend } from './providers/http/send.ts';
import { providerKinds } from './providers/index.ts';
import { createFetchList, type FetchList, type ListTarget } from './providers/modelLists.ts';

/** How long a server may take to answer. */
const timeoutMs = 5000;

/**
 * Each provider that the configuration names, and each built-in one that has a key, is asked for its models: whether it
 * answers, and takes the key.
 */
export async function providerChecks(settings: readonly ProviderSettings[], keys: KeyRing, env: NodeJS.ProcessEnv): Promise<HealthCheck[]> {
  const fetchList = createFetchList(createSend(env), timeoutMs);
  const settingsOf = new Map(settings.map((one) => [one.name, one]));
  const names = new Set([...settingsOf.keys(), ...providerKinds.keys()]);
  const checks = await Promise.all([...names].map(async (name) => checkOf(name, settingsOf.get(name), { keys, fetchList })));
  return checks.filter((check) => check !== null);
}

async function checkOf(
  name: string,
  settings: ProviderSettings | undefined,
  { keys, fetchList }: { readonly keys: KeyRing; readonly fetchList: FetchList },
): Promise<HealthCheck | null> {
  const kind = providerKinds.get(settings?.type ?? name);
  const baseUrl = settings?.baseUrl ?? kind?.baseUrl;
  if (!kind || baseUrl === undefined) return null;
  const need = keyNeed({ kind, settings, kinds: providerKinds }, undefined);
  const found = need && (await keys.find({ named: [], need, actor: null, purpose: undefined, strict: false, use: false }));
  if (!settings && found?.value == null) return null;
  const target = { name, type: settings?.type ?? name, baseUrl, headers: settings?.headers ?? {}, key: found?.value ?? null };
  return {
    name: `provider ${name}`,
    run: async (signal) => {
      if (need && found?.value == null) return { status: 'failed', message: `has no key (${need.secret})`, nextStep: keyStep(need) };
      return ask(target, { fetchList, need, found: found?.value == null ? undefined : found, signal });
    },
  };
}

async function ask(
  target: ListTarget,
  {
    fetchList,
    need,
    found,
    signal,
  }: { readonly fetchList: FetchList; readonly need: KeyNeed | null; readonly found: FoundKey | undefined; readonly signal: AbortSignal },
): Promise<Health> {
  const with_ = found === undefined ? 'without a key' : `with the key ${found.name} (${found.source})`;
  const list = await fetchList(target, signal);
  if ('models' in list) return { status: 'ok', message: `answers ${with_}: ${list.models.length} models` };
  const message = list.warning.slice(list.warning.indexOf(': ') + 2).replace(/\.$/, '');
  if (list.cause === 'noList') return { status: 'ok', message: `answers ${with_}, and lists no models` };
  if (list.cause === 'key')
    return {
      status: 'failed',
      message: `${message}; it was asked ${with_}`,
      nextStep:
        need === null
          ? `Name its key: providers.${target.name}.key.`
          : `The key is wrong, revoked, or of another account. ${keyStep(need)}`,
    };
  if (list.cause === undefined || list.cause === 'network')
    return {
      status: 'failed',
      message,
      nextStep: `See that it runs and can be reached: the network, HTTPS_PROXY, providers.${target.name}.base_url.`,
    };
  return { status: 'failed', message, nextStep: `See what is at providers.${target.name}.base_url, or try again later.` };
}

function keyStep({ name, secret, obtainUrl }: KeyNeed): string {
  const where = obtainUrl === undefined ? '' : ` Get one at ${obtainUrl}.`;
  return `Set it: llm-sidecar keys set ${name}, or the variable ${secret}.${where}`;
}

import type { Gates } from '../engine/gatePorts.ts';
import type { ProviderLimits } from '../policy/providerLimits.ts';
import { createProviderGate, type ProviderGate } from './providerGate.ts';

export interface ProviderGates extends Gates {
  /** The limits of now, by provider. Those that wait and those that run are not lost. */
  update(limits: ReadonlyMap<string, ProviderLimits>): void;
}

/** One gate for each provider that has limits. Those without have none, and nothing is done for them. */
export function createProviderGates(): ProviderGates {
  const gates = new Map<string, ProviderGate>();
  let known: ReadonlyMap<string, ProviderLimits> = new Map();
  return {
    find: (provider) => (known.has(provider) ? gates.get(provider) : undefined),
    update(limits) {
      for (const [name, gate] of gates) gate.change(limits.get(name));
      for (const [name, wanted] of limits) if (!gates.has(name)) gates.set(name, createProviderGate(name, wanted));
      known = limits;
    },
  };
}

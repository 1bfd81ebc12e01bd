import type { Delta } from '../../protocol/index.ts';
import type { DeltaPump } from './deltaPump.ts';

/** Leaves out what the host does not want besides the text; undefined: it wants all. protocol 2, `stream.include`. */
export function includeDeltas(pump: DeltaPump, include: readonly string[] | undefined): DeltaPump {
  if (include === undefined) return pump;
  const unwanted = new Set<unknown>(['reasoning', 'toolArgs', 'usage'].filter((type) => !include.includes(type)));
  const unwantedParts = new Set<unknown>();
  const wants = (delta: Delta): boolean => {
    if (delta.type === 'part' && delta.kind === 'reasoning' && unwanted.has('reasoning')) unwantedParts.add(delta['part']);
    return !unwanted.has(delta.type) && !(delta.type.startsWith('part') && unwantedParts.has(delta['part' as keyof Delta]));
  };
  return {
    push: (delta, written) => {
      if (wants(delta)) pump.push(delta, written);
    },
    acknowledge: (seq) => pump.acknowledge(seq),
    flush: async () => pump.flush(),
    finish: async () => pump.finish(),
    get lastSeq() {
      return pump.lastSeq;
    },
  };
}

/** 40 million dollars in nanocents: so that two of them and one more fit into an int64. */
export const mostNanocents = 4_000_000_000_000_000_000n;

export function bounded(nanocents: bigint): bigint {
  return nanocents < mostNanocents ? nanocents : mostNanocents;
}

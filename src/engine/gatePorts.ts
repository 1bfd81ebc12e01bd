/** How much a provider is sent at a time. One home: gates/providerGates. */
export interface Gates {
  /** undefined: the provider has no limits. */
  find(provider: string): Gate | undefined;
}

export interface Gate {
  /** Resolves when one request may go out. Throws overloaded, with the time to wait, and the signal's reason. */
  enter(call: GateCall): Promise<Passed>;
}

export interface GateCall {
  /** For whom: shares of the same provider take turns. */
  readonly share: string;
  /** About how many tokens it takes, counted high. */
  readonly tokens: number;
  readonly signal: AbortSignal;
  /** By performance.now(). One that would wait past it is refused at once. */
  readonly deadlineAt?: number | undefined;
}

export interface Passed {
  /** Once, when it has ended. `tokens`: what it took, if that is known. */
  leave(tokens: number | undefined): void;
}

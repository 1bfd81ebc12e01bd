import type { Catalogue } from '../catalogue/catalogue.ts';
import type { MoneyRules } from '../policy/moneyRules.ts';
import type { ReliabilityRules } from '../policy/reliabilityRules.ts';
import type { Rules } from '../policy/rules.ts';
import type { Provider } from './ports.ts';

/**
 * Everything a call needs to know about the configuration, at one moment. A reload makes a new one; a call in flight
 * keeps the one it started with. behaviour 1.10.
 */
export interface Snapshot {
  readonly rules: Rules;
  readonly catalogue: Catalogue;
  /** By name. Making a provider costs nothing; its package is imported at its first prompt or when the process is idle. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly limits: Limits;
  readonly money: MoneyRules;
  readonly reliability: ReliabilityRules;
  /** `history.content`: prompts and answers themselves are written down. */
  readonly keepContent: boolean;
}

export interface Limits {
  readonly maxConcurrentPrompts: number;
  /** UTF-8 bytes of one answer, reasoning and tool arguments included. */
  readonly maxResponseBytes: number;
  /** Attempts after the first, for a failure that may pass and before anything of the answer has arrived. */
  readonly retries: number;
  /** How long a tool may take to answer. */
  readonly toolTimeoutMs: number;
  /** Bytes of one result of a tool: UTF-8 of its text, base64 of its attachments. */
  readonly maxToolResultBytes: number;
}

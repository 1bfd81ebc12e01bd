import type { Actor, Usage } from '../../protocol/index.ts';
import type { Model, Price } from '../catalogue/model.ts';

/** What tokens cost. An unknown price is null, never zero. */
export interface Prices {
  price(model: Model): Promise<Price | undefined>;
  cost(model: Model, usage: Usage, at: Date): Promise<{ readonly nanocents: bigint; readonly priceId: string } | null>;
}

/** Reserve before, settle after. One caller: engine/withReservation.ts. Integer nanocents. */
export interface Ledger {
  reserve(request: {
    id: string;
    model: string;
    purpose: string | undefined;
    actor: Actor;
    groupId: string | undefined;
    nanocents: bigint | null;
  }): Promise<Reservation>;
}

export interface Reservation {
  /** `null`: the price is unknown. */
  settle(nanocents: bigint | null): Promise<void>;
  /** Nothing was spent. */
  release(): Promise<void>;
}

import { randomUUID } from 'node:crypto';
import type { Actor, JsonObject, Usd } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { timeOrderedId } from '../lib/timeOrderedId.ts';
import { chargesFor } from '../policy/budgetCharges.ts';
import type { MoneyRules } from '../policy/moneyRules.ts';
import { parseUsd } from '../pricing/price.ts';
import { chooseModel } from './chooseModel.ts';
import type { Engine } from './engine.ts';
import type { GroupScope } from './groups.ts';
import type { GroupReservation } from './moneyPorts.ts';

export interface OpenGroupRequest {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly purpose: string | undefined;
  readonly actor: Actor;
  /** What it is to hold of its budgets; undefined: what the configuration says. */
  readonly reserveUsd: Usd | undefined;
  readonly metadata: JsonObject | undefined;
  readonly depth: number;
}

/**
 * Opens a group; the default rules apply to its model. Without any default its prompts have to name theirs. It holds an amount
 * of the budgets that count it, or throws budgetExceeded. behaviour 6.1, 6.5.
 */
export async function openGroup(engine: Engine, request: OpenGroupRequest, signal: AbortSignal): Promise<GroupScope> {
  const { id = randomUUID(), purpose, actor, metadata, depth } = request;
  const now = { snapshot: engine.snapshot(), hooks: engine.hooks() };
  const { money } = now.snapshot;
  const asked = request.reserveUsd === undefined ? undefined : toNanocents(request.reserveUsd);
  const chosen = await chooseModel(engine, now, request.model, { purpose, actor, metadata, depth, signal }).catch((error: unknown) => {
    if (error instanceof Failure && error.kind === 'noDefaultModel') return null;
    throw error;
  });
  const model = chosen?.id ?? null;
  signal.throwIfAborted();
  const nanocents = asked ?? configured(money, purpose, model);
  const reservation = await hold(engine, money, { id, purpose, actor, model, nanocents });
  const scope: GroupScope = { id, model, purpose, actor, metadata, depth, reservation };
  try {
    signal.throwIfAborted();
    engine.groups.open(scope);
  } catch (error) {
    await reservation?.close();
    throw error;
  }
  return scope;
}

/** behaviour 9.5. */
function configured({ reservations }: MoneyRules, purpose: string | undefined, model: string | null): bigint {
  const ofPurpose = purpose === undefined ? undefined : reservations.purposes.get(purpose);
  return ofPurpose ?? (model === null ? undefined : reservations.models.get(model)) ?? reservations.group;
}

interface Holding extends Pick<GroupScope, 'id' | 'purpose' | 'actor' | 'model'> {
  readonly nanocents: bigint;
}

async function hold(
  { ledger }: Engine,
  { budgets }: MoneyRules,
  { id, purpose, actor, model, nanocents }: Holding,
): Promise<GroupReservation | undefined> {
  const openedAt = new Date();
  const charges = chargesFor(budgets, { purpose, actor: actor?.id, model }, openedAt);
  if (charges.length === 0) return undefined;
  return ledger.openGroup({ id: timeOrderedId(), groupId: id, openedAt, charges, nanocents });
}

/** The most that a database counts is 92 million dollars. */
const most = parseUsd('50000000');

function toNanocents(usd: Usd): bigint {
  const nanocents = parse(usd);
  if (nanocents !== null && nanocents >= 0n && nanocents <= most) return nanocents;
  const message = 'is no amount to hold: give dollars from 0 to 50 million, such as "0.25", with 11 decimals at most';
  throw new Failure('invalidParams', `reserveUsd ${message}.`, { issues: [{ path: 'reserveUsd', message }] });
}

function parse(usd: Usd): bigint | null {
  try {
    return parseUsd(usd);
  } catch {
    return null;
  }
}

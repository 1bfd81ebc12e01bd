import type { Json, JsonObject } from '../../../protocol/index.ts';
import type { Collector } from '../aiSdk/collector.ts';
import type { Ending } from '../aiSdk/readStream.ts';

/**
 * Reads the answers of one wire as the provider package would, without its web streams and its validation of every event, which
 * are most of what a package costs.
 */
export interface Reader {
  /** An event. Throws for what is not of this wire, and for an error that the provider tells. */
  take(event: JsonObject): void;
  /** An answer that came in one piece. Throws as `take`. */
  takeWhole(answer: JsonObject): void;
  /** It was there to its end. Throws for one that cannot be completed. */
  end(): void;
}

/** `namespace`: where the opaque values of parts are kept, as the package does. What a reader learns of the end goes into `ending`. */
export type OpenReader = (into: { readonly collector: Collector; readonly ending: Ending; readonly namespace: string }) => Reader;

/** An event that no server of this wire sends. Nothing of it is in the message: it may hold anything. */
export class UnreadableEvent extends Error {
  constructor(what: string) {
    super(`an event has no readable ${what}`);
  }
}

export function isGiven(value: Json | undefined): value is Json {
  return value !== undefined && value !== null;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws where there is none. */
export function requiredText(holder: JsonObject, name: string): string {
  const value = holder[name];
  if (typeof value !== 'string') throw new UnreadableEvent(name);
  return value;
}

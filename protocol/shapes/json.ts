import * as z from 'zod';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Any JSON value. What arrives was parsed from JSON, so there is nothing left to check. */
export const json = z.unknown() as unknown as z.ZodType<Json, Json>;
export const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject, JsonObject>;

/** Present, even as `{}`, means supported. Members may be added. */
export const marker = jsonObject;

/** One of the known strings, or one that a later version adds: receivers accept both. */
export type Open<Known extends string> = Known | (string & {});
export function open<const Known extends string>(...known: Known[]): z.ZodType<Open<Known>, Open<Known>> {
  return z.string().meta({ examples: known });
}

/** `_meta` of every params and result. `traceparent` and `tracestate` are W3C trace context. */
export const withMeta = { _meta: jsonObject.optional() };

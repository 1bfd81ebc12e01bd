import type * as z from 'zod';

/** One contract value per message: its wire name and the schemas that check it. Types are inferred from these. */
export interface RequestContract<
  Method extends string = string,
  Params extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> {
  readonly method: Method;
  readonly summary: string;
  readonly params: Params;
  readonly result: Result;
}

export interface NotificationContract<Method extends string = string, Params extends z.ZodType = z.ZodType> {
  readonly method: Method;
  readonly summary: string;
  readonly params: Params;
}

export function defineRequest<Method extends string, Params extends z.ZodType, Result extends z.ZodType>(
  contract: RequestContract<Method, Params, Result>,
): RequestContract<Method, Params, Result> {
  return contract;
}

export function defineNotification<Method extends string, Params extends z.ZodType>(
  contract: NotificationContract<Method, Params>,
): NotificationContract<Method, Params> {
  return contract;
}

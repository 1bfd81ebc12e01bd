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

// A schema is built when it is first asked for: building all of them would be a third of a start.

export function defineRequest<Method extends string, Params extends z.ZodType, Result extends z.ZodType>({
  method,
  summary,
  params,
  result,
}: {
  method: Method;
  summary: string;
  params: () => Params;
  result: () => Result;
}): RequestContract<Method, Params, Result> {
  const built: { params?: Params; result?: Result } = {};
  return {
    method,
    summary,
    get params() {
      return (built.params ??= params());
    },
    get result() {
      return (built.result ??= result());
    },
  };
}

export function defineNotification<Method extends string, Params extends z.ZodType>({
  method,
  summary,
  params,
}: {
  method: Method;
  summary: string;
  params: () => Params;
}): NotificationContract<Method, Params> {
  let built: Params | undefined;
  return {
    method,
    summary,
    get params() {
      return (built ??= params());
    },
  };
}

import type { Json } from '../protocol/index.ts';

/**
 * Throw it in `promptContext`, before the response, to refuse the prompt: the caller gets `reason` as the message, unchanged,
 * and `data` as `error.data.data` of an error of kind `hookRejected`.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly data: Json | undefined;

  constructor(reason: string, data?: Json) {
    super(reason);
    this.data = data;
  }
}

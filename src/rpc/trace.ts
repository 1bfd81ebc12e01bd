import type { RequestId } from './envelope.ts';

/** One message, by name and size; never its content. */
export interface TraceEvent {
  readonly direction: 'in' | 'out';
  /** null for a response. */
  readonly method: string | null;
  /** null for a notification. */
  readonly id: RequestId | null;
  readonly bytes: number;
}

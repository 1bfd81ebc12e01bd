import type { Session } from '../../session/session.ts';

export function ack({ prompts }: Session, { promptId, seq }: { promptId: string; seq: number }): void {
  prompts.get(promptId)?.pump?.acknowledge(seq);
}

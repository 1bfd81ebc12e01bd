import { closeGroup } from '../engine/closeGroup.ts';
import type { GroupEnd } from '../engine/groups.ts';
import type { Session } from './session.ts';

/** How long the answers of cancelled prompts may take. */
const lastAnswersMs = 500;

/** How long hooks may take to end what they have begun. protocol 7. */
const lastHooksMs = 5000;

/**
 * Lets running prompts finish for `patienceMs`, then cancels them, then closes every group. Resolves when nothing of
 * the session is left running; never rejects.
 */
export async function endSession(session: Session, reason: GroupEnd, patienceMs: number): Promise<void> {
  const running = Promise.allSettled([...session.prompts.values()].map((prompt) => prompt.done));
  if (patienceMs > 0) await withTimeout(running, patienceMs);
  session.stopping.abort();
  // What is cancelled ends at once; only a host that does not read keeps its answer from going out.
  await withTimeout(running, lastAnswersMs);
  await withTimeout(session.extensions.hooksIdle(), lastHooksMs);
  const groups = session.engine.groups.unclosed();
  await Promise.allSettled(
    groups.map((group) =>
      closeGroup(session.engine, group.scope.id, { mode: reason === 'shutdown' ? 'wait' : 'cancel', timeoutMs: undefined, reason }),
    ),
  );
}

async function withTimeout(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}

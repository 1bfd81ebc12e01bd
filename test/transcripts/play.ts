import { rename, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { applyDelta, createFold, foldedText, type Fold } from '../../protocol/foldDeltas.ts';
import type { RawMessage } from '../support/rawHost.ts';
import { startSidecar, type Sidecar, type SidecarOptions } from '../support/sidecar.ts';
import { misfit } from './fits.ts';
import type { Step, Transcript } from './readTranscript.ts';

/** Plays the host's lines of a transcript to a real sidecar and holds what it sends to the other lines, in their order. */
export async function play(transcript: Transcript, way: Pick<SidecarOptions, 'framing' | 'chunking' | 'command'>): Promise<void> {
  const config = transcript.config === null ? {} : { config: transcript.config };
  const sidecar = await startSidecar({ ...config, ...way });
  try {
    const incoming = createIncoming(sidecar);
    for (const step of transcript.steps) {
      await playStep(step, sidecar, incoming).catch((error: unknown) => {
        throw new Error(`line ${step.line}: ${(error as Error).message}`, { cause: error });
      });
    }
  } finally {
    await sidecar.stop();
  }
}

async function playStep(step: Step, { host, configPath }: Sidecar, incoming: Incoming): Promise<void> {
  switch (step.kind) {
    case 'send':
      return host.send(step.message);
    case 'sendRaw':
      return host.sendRaw(step.text);
    case 'receive':
      return expect(misfit(step.message, await incoming.next(), { '<path>': configPath, ...incoming.texts() })).toBe(null);
    case 'deltas':
      return incoming.deltas(step);
    case 'save':
      await writeFile(`${configPath}.new`, step.yaml);
      return rename(`${configPath}.new`, configPath);
    case 'endInput':
      return host.endInput();
    case 'exit': {
      const { code, signal, stderr } = await host.closed;
      expect({ code, signal, stderr }).toMatchObject({ code: step.code, signal: null });
      expect(incoming.left()).toEqual([]);
    }
  }
}

interface Incoming {
  next(): Promise<RawMessage>;
  deltas(step: Extract<Step, { kind: 'deltas' }>): Promise<void>;
  /** `<text of ID>`: what the deltas of a prompt amount to. */
  texts(): Record<string, unknown>;
  left(): RawMessage[];
}

function createIncoming({ host }: Sidecar): Incoming {
  const folds = new Map<string, { fold: Fold; lastSeq: number }>();
  let read = 0;
  const peek = async (): Promise<RawMessage> => {
    while (host.messages.length <= read) await host.next();
    return host.messages[read]!;
  };
  const next = async (): Promise<RawMessage> => {
    const message = await peek();
    read += 1;
    return message;
  };
  const take = ({ seq, deltas }: { seq: number; deltas: never[] }, state: { fold: Fold; lastSeq: number }): void => {
    expect(seq).toBe(state.lastSeq + 1);
    state.lastSeq = seq;
    for (const delta of deltas) applyDelta(state.fold, delta);
  };
  return {
    next,
    async deltas({ promptId, text, whole }) {
      const state = folds.get(promptId) ?? { fold: createFold(), lastSeq: -1 };
      folds.set(promptId, state);
      const enough = (): boolean => !whole && foldedText(state.fold).startsWith(String(text));
      while (!enough()) {
        const { method, params } = await peek();
        if (method !== 'llm/delta' || params.promptId !== promptId) break;
        take(params, state);
        read += 1;
      }
      if (whole) expect(misfit(text, foldedText(state.fold))).toBe(null);
      else expect(foldedText(state.fold).startsWith(String(text))).toBe(true);
    },
    texts: () =>
      Object.fromEntries(
        [...folds].flatMap(([id, { fold, lastSeq }]) => [
          [`<text of ${id}>`, foldedText(fold)],
          [`<bytes of ${id}>`, fold.textBytes],
          [`<seq of ${id}>`, lastSeq],
        ]),
      ),
    left: () => host.messages.slice(read),
  };
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContentPart, Message } from '../../protocol/index.ts';
import { hasRecordings, promptCases, startReplay, type RecordedCase, type Replay } from './support/recordings.ts';
import { question, runOnPort, settingsOf, toolsOf, type Outcome } from './support/runCase.ts';

const flows = new Map<string, RecordedCase[]>();
for (const one of promptCases()) {
  if (one.flow !== null && one.flow !== undefined) flows.set(one.flow.id, [...(flows.get(one.flow.id) ?? []), one]);
}

describe.skipIf(!hasRecordings)('recorded conversations carry every opaque value back', () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await startReplay();
  });
  afterAll(() => replay.close());

  it.each([...flows].map(([id, steps]) => [id, steps] as const))('%s', async (id, steps) => {
    const messages: Message[] = [...question];
    const ordered = steps.toSorted((a, b) => (a.flow?.step ?? 0) - (b.flow?.step ?? 0));
    for (const [index, step] of ordered.entries()) {
      const outcome = await ask(id, step, messages);
      expect(outcome.error).toBeNull();
      expect(outcome.text).toBe(step.expected.text);
      expectEchoed(replay, id, ordered[index - 1]);
      messages.push({ role: 'assistant', content: [...outcome.content] }, ...answersTo(outcome));
    }
    expect(replay.requests(`flow-${id}`)).toHaveLength(ordered.length);
  });

  it.each([...flows].map(([id, steps]) => [id, steps] as const))(
    '%s, of a host that keeps `signature` but no providerMetadata',
    async (id, steps) => {
      const [first, second] = steps;
      const kinds = (first?.flow?.mustEcho ?? []).map(({ kind }) => kind);
      if (first === undefined || second === undefined) throw new Error('a flow has two steps');
      const outcome = await ask(id, first, question, 'bare');
      const bare = outcome.content.map((part) => {
        const { providerMetadata: _, ...rest } = part as { providerMetadata?: unknown };
        return rest as ContentPart;
      });
      await ask(id, second, [...question, { role: 'assistant', content: bare }, ...answersTo(outcome)], 'bare');
      const sent = replay.requests(`bare-${id}`).at(-1)?.body ?? '';
      // Ids of items have no member of ours; signatures and encrypted thoughts do.
      for (const { kind, value } of first.flow?.mustEcho ?? []) if (kind !== 'reasoning item id') expect(sent, kind).toContain(value);
      expect(kinds.length).toBeGreaterThan(0);
    },
  );

  const ask = (id: string, step: RecordedCase, messages: readonly Message[], namespace = 'flow'): Promise<Outcome> => {
    const settings = settingsOf(step, `${replay.url}/ns/${namespace}-${id}/flow/${id}`);
    return runOnPort({ settings, messages, tools: (flows.get(id) ?? []).flatMap(toolsOf), stream: true });
  };
});

function expectEchoed(replay: Replay, id: string, before: RecordedCase | undefined): void {
  const sent = replay.requests(`flow-${id}`).at(-1)?.body ?? '';
  for (const { kind, value } of before?.flow?.mustEcho ?? []) expect(sent, kind).toContain(value);
}

function answersTo({ toolCalls }: Outcome): Message[] {
  return toolCalls.length === 0
    ? []
    : [
        {
          role: 'tool',
          content: toolCalls.map(({ id, name }) => ({ type: 'toolResult', toolCallId: id, name, content: [{ type: 'text', text: '40' }] })),
        },
      ];
}

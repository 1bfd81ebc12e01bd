import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../protocol/index.ts';
import type { Sidecar } from '../support/sidecar.ts';
import { expectRecorded } from './support/expectRecorded.ts';
import { outcomeOf, startRecordedSidecar } from './support/recordedSidecar.ts';
import { hasRecordings, promptCases, startReplay, type RecordedCase, type Replay } from './support/recordings.ts';
import { canaryKey, question, toolsOf } from './support/runCase.ts';

const flows = new Map<string, RecordedCase[]>();
for (const one of promptCases().toSorted((a, b) => (a.flow?.step ?? 0) - (b.flow?.step ?? 0))) {
  if (one.flow) flows.set(one.flow.id, [...(flows.get(one.flow.id) ?? []), one]);
}
const rows = [...flows].map(([id, steps]) => [id, steps] as const);
const ways = ['chained', 'by-messages', 'unstreamed'];

describe.skipIf(!hasRecordings)(`every recorded conversation through the process, ${flows.size} of them`, () => {
  let replay: Replay;
  let answering: Sidecar;
  let passive: Sidecar;
  let echoed = 0;
  beforeAll(async () => {
    replay = await startReplay();
    const models = rows.flatMap(([id, [first]]) =>
      ways.map((way) => ({
        id: `${way}/${id}`,
        recorded: first!,
        baseUrl: `${replay.url}/ns/${way}-${id}/flow/${id}`,
        upstreamId: 'recorded',
      })),
    );
    [answering, passive] = await Promise.all([startRecordedSidecar(models, { tools: {} }), startRecordedSidecar(models)]);
  });
  afterAll(async () => {
    const ended = await Promise.all([answering.stop(), passive.stop()]);
    if (ended.some(({ stderr }) => stderr.includes(canaryKey))) throw new Error('the key is on stderr');
    await replay.close();
    process.stdout.write(`recorded conversations through the process: ${flows.size}, opaque values carried back: ${echoed}\n`);
  });

  const expectEchoed = (way: string, id: string): void => {
    const steps = flows.get(id)!;
    const sent = replay.requests(`${way}-${id}`);
    expect(sent).toHaveLength(steps.length);
    for (const [index, step] of steps.entries()) {
      for (const { kind, value } of step.flow?.mustEcho ?? []) {
        // The last response has no next request.
        if (index + 1 === steps.length) continue;
        expect(sent[index + 1]?.body, kind).toContain(JSON.stringify(value).slice(1, -1));
        echoed += 1;
      }
    }
  };

  it.each(product(['chained', 'unstreamed']))('%s, %s: the sidecar runs the chain', async (id, way, steps) => {
    const { host } = answering;
    const promptId = `${way} ${id}`;
    const done = host.request('llm/prompt', {
      promptId,
      model: `${way}/${id}`,
      messages: question,
      tools: steps.flatMap(toolsOf),
      ...(way === 'chained' ? { stream: {} } : {}),
    });
    const expected = steps[0]!.expected.toolCalls!;
    for (const _ of expected) {
      const { id: callId, params } = await host.next(({ method, params: asked }) => method === 'tool/call' && asked.promptId === promptId);
      expect(expected).toContainEqual(expect.objectContaining({ name: params.name, input: params.args }));
      host.answer(callId, { content: `answer to ${params.toolCallId}` });
    }
    const response = await done;
    expect(response.error).toBeUndefined();
    expect(response.result.steps).toHaveLength(2);
    expect(response.result.steps[0].toolResults).toHaveLength(expected.length);
    // Each step by itself is what was recorded, and the whole is their sum.
    for (const [index, recorded] of steps.entries()) {
      const step = response.result.steps[index];
      expectRecorded(outcomeOf({ result: { ...step, steps: [step] } }, [], promptId), recorded);
    }
    expect(response.result.usage.outputTokens).toBe(steps.reduce((sum, step) => sum + (step.expected.usage?.output ?? 0), 0));
    outcomeOf(response, host.messages, promptId);
    expect(replay.requests(`${way}-${id}`)[1]?.body).toContain('answer to ');
    expectEchoed(way, id);
  });

  it.each(product(['by-messages']))('%s, %s: the host goes on with the messages of the result', async (id, way, steps) => {
    let messages: Message[] = [...question];
    for (const recorded of steps) {
      const promptId = `${id} ${recorded.id}`;
      const response = await passive.host.request('llm/prompt', {
        promptId,
        model: `${way}/${id}`,
        messages,
        tools: steps.flatMap(toolsOf),
        stream: {},
      });
      expectRecorded(outcomeOf(response, passive.host.messages, promptId), recorded);
      messages = response.result.messages;
      const calls = response.result.steps[0].content.filter(({ type }: { type: string }) => type === 'toolCall');
      if (calls.length > 0)
        messages.push({
          role: 'tool',
          content: calls.map(({ toolCallId, name }: { toolCallId: string; name: string }) => ({
            type: 'toolResult',
            toolCallId,
            name,
            content: [{ type: 'text', text: '40' }],
          })),
        });
    }
    expectEchoed(way, id);
  });
});

function product(some: readonly string[]): (readonly [string, string, RecordedCase[]])[] {
  return rows.flatMap(([id, steps]) => some.map((way) => [id, way, steps] as const));
}

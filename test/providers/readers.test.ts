import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import type { ContentPart, Json, JsonObject } from '../../protocol/index.ts';
import { Failure } from '../../src/lib/failure.ts';
import { ask, callFor, settingsFor, type Asked } from './support/call.ts';
import { fixture, startUpstream } from './support/upstream.ts';

/** The wires that are read by readers of ours, and answers of servers that speak them. */
const rows = [
  ...['openai-chat', 'ollama', 'deepseek', 'groq', 'mistral', 'openrouter', 'xai-chat'].map((name) => ['openai-compatible', name] as const),
  ...['groq', 'deepseek', 'mistral', 'anthropic', 'google'].map((name) => [name, name] as const),
  ['openai', 'openai-chat'] as const,
];

describe.each(rows)('what %s reads of the answer of %s', (type, name) => {
  const events = String(fixture(`${name}.sse`).body)
    .split('\n\n')
    .filter((event) => event !== '');

  test('is what its package reads, whatever is changed in it', { timeout: 160_000 }, async () => {
    let body = '';
    await using upstream = await startUpstream(() => ({ headers: { 'content-type': 'text/event-stream' }, body }));
    const settings = settingsFor(type, upstream.url, type === 'openai' ? { api: 'chat' } : {});
    const plain = callFor(settings);
    const model = { ...plain.model, upstreamId: type === 'google' ? 'gemini-2.5-flash' : 'some-model' };
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 3 }), async (changes) => {
        body = changes
          .reduce(changed, events)
          .map((event) => `${event}\n\n`)
          .join('');
        const own = await outcome(ask(settings, { model }));
        // Options in the package's own words leave the answer to the package.
        const its = await outcome(ask(settings, { model, options: { [type]: {} } }));
        // What the package refuses we may take: it checks members that nobody reads. And Gemini's calls that it cannot read it loses.
        if (its instanceof Failure || its.content.filter(isCall).length < body.split('"functionCall"').length - 1) return;
        expect(comparable(own, its)).toEqual(comparable(its, its));
      }),
      { numRuns: Number(process.env['LLM_SIDECAR_RUNS'] ?? 200) },
    );
  });
});

interface Change {
  readonly event: number;
  readonly place: number;
  readonly put: { readonly value: Json | undefined } | { readonly what: 'drop' | 'twice' | 'swap' };
}

/** What becomes of a member of an event, or of an event. */
const change: fc.Arbitrary<Change> = fc.record({
  event: fc.nat(),
  place: fc.nat(),
  put: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        value: fc.constantFrom<Json | undefined>(undefined, null, '', 'x', 0, 7, true, [], {}, [null], { type: 'text', text: 'y' }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('drop', 'twice', 'swap') }) },
  ),
});

function changed(events: readonly string[], { event, place, put }: Change): string[] {
  const at = events.length === 0 ? 0 : event % events.length;
  const [before, one, after] = [events.slice(0, at), events.slice(at, at + 1), events.slice(at + 1)];
  if ('what' in put) {
    if (put.what === 'drop') return [...before, ...after];
    return put.what === 'twice' ? [...before, ...one, ...one, ...after] : [...before, ...after.slice(0, 1), ...one, ...after.slice(1)];
  }
  return [...before, ...one.map((text) => withMember(text, place, put.value)), ...after];
}

/** One member of the JSON of an event has another value, or is not there. */
function withMember(event: string, place: number, value: Json | undefined): string {
  const start = event.indexOf('{');
  if (start === -1) return event;
  const json = JSON.parse(event.slice(start)) as JsonObject;
  const holders: { holder: Record<string, Json | undefined>; name: string }[] = [];
  const walk = (holder: Json): void => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const [name, inner] of Object.entries(holder)) {
      holders.push({ holder: holder as Record<string, Json>, name });
      walk(inner);
    }
  };
  walk(json);
  const found = holders[place % holders.length];
  if (found !== undefined) found.holder[found.name] = value;
  return event.slice(0, start) + JSON.stringify(json);
}

async function outcome(asked: Promise<Asked>): Promise<Asked | Failure> {
  return asked.catch((error: unknown) => {
    if (error instanceof Failure) return error;
    throw error;
  });
}

function isCall({ type }: ContentPart): boolean {
  return type === 'toolCall';
}

/** Some packages put text after a thought to the text before it. All of it is compared beside. */
function isPlain(part: ContentPart): boolean {
  return (part.type === 'text' || part.type === 'reasoning') && part.providerMetadata === undefined;
}

/** Ids that are made up differ, and so does where a text was cut into deltas. The package looks for the id of an answer in one event. */
function comparable(asked: Asked | Failure, its: Asked): unknown {
  if (asked instanceof Failure) return asked;
  const { events: _, finish, content, ...others } = asked;
  const rest = {
    ...others,
    content: content.filter((part) => !isPlain(part)),
    finish: its.finish.responseId ? finish : { ...finish, responseId: undefined },
  };
  return JSON.parse(JSON.stringify(rest, (key, value: unknown) => (key === 'toolCallId' ? typeof value : value)));
}

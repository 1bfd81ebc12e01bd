import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { clientRequests } from '../../protocol/messages.ts';
import { plainPrompt } from '../../protocol/plainPrompt.ts';

const contract = clientRequests['llm/prompt'].params;
const asSent = (params: object): Record<string, unknown> => JSON.parse(JSON.stringify(params)) as Record<string, unknown>;

describe('what is plain is what the contract gives back', () => {
  test.each([
    ['a prompt', { prompt: 'Hello' }],
    ['a stream', { promptId: 'p1', model: 'echo', prompt: 'Hello', stream: {}, omitContent: true }],
    ['a stream with what it may say', { promptId: 'p1', prompt: '', stream: { window: 1, intervalMs: 0, include: ['usage'] } }],
    [
      'messages',
      {
        messages: [
          { role: 'user', content: 'Hello' },
          { role: 'assistant', content: '' },
        ],
        system: 'Be brief.',
      },
    ],
    ['options', { prompt: 'Hello', options: { temperature: 0.2, stop: ['a'], openai: { a: [{ b: null }] } } }],
    ['a schema', { prompt: 'Hello', schema: { type: 'object', properties: { a: {} } } }],
    ['all that is text', { purpose: 'chat', groupId: '', conversationId: 'c', model: '', prompt: 'Hello' }],
    ['an actor', { prompt: 'Hello', actor: { id: 'ann', team: { id: 1 } } }],
    ['an actor without an id', { prompt: 'Hello', actor: {} }],
    ['nobody', { prompt: 'Hello', actor: null }],
    ['numbers', { prompt: 'Hello', maxSteps: 1, timeoutMs: 1 }],
    ['the rest', { prompt: 'Hello', toolNames: ['a', 'server/*'], metadata: { a: 1 }, _meta: { traceparent: '00' } }],
    ['nothing', {}],
  ])('%s', (_, params) => {
    expect(plainPrompt(asSent(params))).toEqual(contract.parse(asSent(params)));
  });

  test('whatever a host sends', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const likely = fc.constantFrom<unknown>('', 'a', 0, 1, -1, 0.5, true, null, [], {}, ['a'], [1], [{ role: 'user', content: 'a' }]);
    const records = fc.dictionary(fc.constantFrom('a', '__proto__', 'id', 'window', 'intervalMs', 'include'), fc.oneof(likely, value));
    const names = [...Object.keys(contract.shape), 'other', '__proto__'];
    const params = fc.dictionary(fc.constantFrom(...names), fc.oneof(likely, value, records), { maxKeys: 4, noNullPrototype: true });
    fc.assert(
      fc.property(params, (given) => {
        const sent = asSent(given);
        const plain = plainPrompt(sent);
        if (plain !== null) expect(plain).toEqual(contract.parse(asSent(given)));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the contract is asked', () => {
  test.each([
    ['an id that is empty', { promptId: '' }],
    ['a prompt that is a number', { prompt: 1 }],
    ['a prompt that is null', { prompt: null }],
    ['a message with parts', { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] }],
    ['a message without content', { messages: [{ role: 'user' }] }],
    ['a message that says more', { messages: [{ role: 'user', content: '', name: 'ann' }] }],
    ['messages that are none', { messages: { role: 'user', content: '' } }],
    ['attachments', { attachments: [] }],
    ['tools', { tools: [] }],
    ['a choice of tools', { toolChoice: 'auto' }],
    ['an actor whose id is a number', { actor: { id: 1 } }],
    ['an actor that is text', { actor: 'ann' }],
    ['options that are a list', { options: [] }],
    ['a stream that is true', { stream: true }],
    ['a stream with an empty window', { stream: { window: 0 } }],
    ['a stream that says more', { stream: { other: 1 } }],
    ['steps that are none', { maxSteps: 0 }],
    ['half a millisecond', { timeoutMs: 0.5 }],
    ['an unknown member', { prompt: 'Hello', other: 1 }],
  ])('for %s', (_, params) => {
    expect(plainPrompt(asSent(params))).toBeNull();
  });

  test.each([
    '{"__proto__":{"prompt":"a"}}',
    '{"options":{"__proto__":{"a":1}}}',
    '{"stream":{"__proto__":{"window":1}}}',
    '{"actor":{"__proto__":{"id":1}}}',
  ])('for %s', (text) => {
    expect(plainPrompt(JSON.parse(text) as Record<string, unknown>)).toBeNull();
  });
});

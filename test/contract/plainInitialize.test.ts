import { describe, expect, test } from 'vitest';
import { clientRequests } from '../../protocol/messages.ts';
import { plainInitialize } from '../../protocol/plainInitialize.ts';

const contract = clientRequests.initialize.params;
const least = { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 'host', version: '1.0' } };
const params = (more: object): Record<string, unknown> => JSON.parse(JSON.stringify({ ...least, ...more })) as Record<string, unknown>;

describe('what is plain is what the contract gives back', () => {
  test.each([
    ['no capabilities', {}],
    ['empty capabilities', { capabilities: {} }],
    ['tools and secrets', { capabilities: { tools: {}, secrets: {} } }],
    ['a language', { clientInfo: { name: 'host', version: '1', language: 'lua' } }],
    ['a parent process', { parentProcessId: 4711 }],
    ['no trace', { trace: 'off' }],
  ])('%s', (_, more) => {
    expect(plainInitialize(params(more))).toEqual(contract.parse(params(more)));
  });
});

describe('the contract is asked', () => {
  test.each([
    ['nothing at all', { protocolVersion: undefined, clientInfo: undefined }],
    ['a version that is no number', { protocolVersion: { min: '1', max: 1 } }],
    ['a version that is no whole number', { protocolVersion: { min: 0.5, max: 1 } }],
    ['a version with more members', { protocolVersion: { min: 1, max: 1, best: 1 } }],
    ['a version that is a list', { protocolVersion: [1, 1] }],
    ['a host without a name', { clientInfo: { version: '1' } }],
    ['a host whose name is a number', { clientInfo: { name: 1, version: '1' } }],
    ['a language that is none', { clientInfo: { name: 'host', version: '1', language: null } }],
    ['capabilities that are null', { capabilities: null }],
    ['capabilities that are a list', { capabilities: [] }],
    ['a capability that says more', { capabilities: { tools: { parallel: true } } }],
    ['a capability that is true', { capabilities: { secrets: true } }],
    ['hooks it can register later', { capabilities: { hooks: { dynamicRegistration: {} } } }],
    ['an unknown capability', { capabilities: { __proto__x: {} } }],
    ['hooks', { hooks: [] }],
    ['limits', { limits: { maxMessageBytes: 4096 } }],
    ['a token', { token: 'secret' }],
    ['a process 0', { parentProcessId: 0 }],
    ['a process that is text', { parentProcessId: '1' }],
    ['a trace that is on', { trace: 'verbose' }],
    ['a trace that is unknown', { trace: 'loud' }],
    ['metadata', { _meta: {} }],
    ['an unknown member', { other: 1 }],
  ])('for %s', (_, more) => {
    expect(plainInitialize(params(more))).toBeNull();
  });

  test('for a member __proto__', () => {
    expect(
      plainInitialize(JSON.parse('{"__proto__":{"protocolVersion":{"min":1,"max":1},"clientInfo":{"name":"h","version":"1"}}}')),
    ).toBeNull();
  });
});

import { expect, test } from 'vitest';
import { Failure, type FailureKind } from '../../src/lib/failure.ts';
import { toWireError } from '../../src/rpc/errors.ts';

test.each<[kind: FailureKind, code: number, retryable: boolean]>([
  ['parseError', -32700, false],
  ['duplicateId', -32600, false],
  ['batchNotSupported', -32600, false],
  ['cancelled', -32800, false],
  ['serverCancelled', -32802, true],
  ['overloaded', -31004, true],
  ['rateLimited', -31022, true],
  ['providerTimeout', -31025, true],
  ['storageUnavailable', -31072, true],
  ['providerError', -31020, false],
  ['keyMissing', -31013, false],
  ['internalError', -32603, false],
])('%s is %i, retryable %s unless it says otherwise', (kind, code, retryable) => {
  expect(toWireError(new Failure(kind, 'm'))).toEqual({ code, message: 'm', data: { kind, retryable } });
  expect(toWireError(new Failure(kind, 'm', { retryable: !retryable })).data?.retryable).toBe(!retryable);
});

test('details cross the wire, the cause does not', () => {
  const failure = new Failure('modelNotFound', 'No "gpt".', { suggestions: ['gpt-5'] }, { cause: new Error('secret') });
  expect(JSON.parse(JSON.stringify(toWireError(failure)))).toEqual({
    code: -31010,
    message: 'No "gpt".',
    data: { suggestions: ['gpt-5'], kind: 'modelNotFound', retryable: false },
  });
});

test('an abort is a cancellation', () => {
  expect(toWireError(AbortSignal.abort().reason).code).toBe(-32800);
});

test('anything else goes to the log by its name and stack, never what it quotes', () => {
  const logged: string[] = [];
  const log = (text: string) => void logged.push(text);
  const messages = [
    new SyntaxError(`Unexpected token 'h', "hello world" is not valid JSON`),
    new Error('a\n"b\nc" d', { cause: { secret: 1 } }),
    null,
    { message: 'secret' },
  ].map((error) => toWireError(error, { log }).data?.kind);
  expect(messages).toEqual(['internalError', 'internalError', 'internalError', 'internalError']);
  expect(logged.map((text) => text.replace(/^internal error [0-9a-f-]{36}: /, '').split('\n    at ')[0])).toEqual([
    `SyntaxError: Unexpected token 'h', "…" is not valid JSON`,
    'Error: a\n"…" d',
    'a thrown null',
    'a thrown object',
  ]);
  expect(logged[0]).toContain('errors.test.ts');
});

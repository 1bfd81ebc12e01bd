import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../protocol/index.ts';
import { openRpcDocument } from '../../src/schema/openRpcDocument.ts';

interface Method {
  name: string;
  params: { name: string; required: boolean }[];
  result?: JsonObject;
  'x-direction': string;
  'x-notification'?: boolean;
}

const document = await openRpcDocument();
const methods = document.methods as unknown as Method[];

describe('the OpenRPC document', () => {
  test('is OpenRPC 1.3 of protocol version 1', () => {
    expect(document.openrpc).toBe('1.3.2');
    expect(document.info).toMatchObject({ title: 'llm-sidecar', version: '1' });
  });

  test('names each method once', () => {
    expect(methods.map(({ name }) => name)).toEqual([...new Set(methods.map(({ name }) => name))]);
  });

  test.each(methods.map((method) => [method.name, method] as const))('%s has a result or is a notification', (_, method) => {
    expect(method.result === undefined).toBe(method['x-notification'] === true);
    expect(['clientToServer', 'serverToClient', 'both']).toContain(method['x-direction']);
  });

  test.each(methods.map((method) => [method.name, method] as const))('%s has its required params first', (_, { params }) => {
    const required = params.map((param) => param.required);
    expect(required).toEqual(required.toSorted((left, right) => Number(right) - Number(left)));
  });

  test('refers only to what it defines', () => {
    const missing = refsIn(document).filter((ref) => lookUp(document, ref) === undefined);
    expect(missing).toEqual([]);
    expect(refsIn(document)).toContain('#/components/schemas/LlmPromptResult');
  });

  test('has an error per kind, with its code', () => {
    const errors = (document.components as JsonObject).errors as JsonObject;
    expect(errors.modelNotFound).toEqual({
      code: -31010,
      message: 'No model has this id or alias; `data.suggestions` has the nearest.',
      data: { kind: 'modelNotFound' },
    });
  });
});

function refsIn(value: Json): string[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap(refsIn);
  return Object.entries(value).flatMap(([key, item]) => (key === '$ref' && typeof item === 'string' ? [item] : refsIn(item)));
}

function lookUp(value: Json, ref: string): Json | undefined {
  let found: Json | undefined = value;
  for (const name of ref.slice(2).split('/')) found = (found as JsonObject | undefined)?.[name];
  return found;
}

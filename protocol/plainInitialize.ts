import type { InitializeParams } from './initialize.ts';

/**
 * The params of `initialize` as the contract gives them back, when a look tells that they fit it; null: the contract has to say.
 * Most hosts say no more than this, and have their answer before the contracts are loaded. test/contract/plainInitialize.test.ts
 * holds it to the contract.
 */
export function plainInitialize(params: Readonly<Record<string, unknown>>): InitializeParams | null {
  const { protocolVersion: versions, clientInfo, capabilities = {}, parentProcessId, trace, ...more } = params;
  const plain =
    hasNone(more) &&
    isObject(versions) &&
    hasOnly(versions, { min: isWhole, max: isWhole }) &&
    isObject(clientInfo) &&
    hasOnly(clientInfo, { name: isText, version: isText, language: isTextOrAbsent }) &&
    isObject(capabilities) &&
    hasOnly(capabilities, { tools: isEmptyOrAbsent, secrets: isEmptyOrAbsent }) &&
    (parentProcessId === undefined || (isWhole(parentProcessId) && parentProcessId > 0)) &&
    (trace === undefined || trace === 'off');
  return plain ? ({ ...params, capabilities } as InitializeParams) : null;
}

type Check = (value: unknown) => boolean;

function hasOnly(value: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>): boolean {
  return (
    Object.keys(value).every((name) => Object.hasOwn(checks, name)) && Object.entries(checks).every(([name, check]) => check(value[name]))
  );
}

function hasNone(value: object): boolean {
  return Object.keys(value).length === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || isText(value);
}

function isEmptyOrAbsent(value: unknown): boolean {
  return value === undefined || (isObject(value) && hasNone(value));
}

import type { InitializeParams } from './initialize.ts';
import { hasNone, hasOnly, isObject, isText, isWhole, type Check } from './plain.ts';

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
    hasAll(versions, { min: isWhole, max: isWhole }) &&
    isObject(clientInfo) &&
    hasAll(clientInfo, { name: isText, version: isText, language: isTextOrAbsent }) &&
    isObject(capabilities) &&
    hasAll(capabilities, { tools: isEmptyOrAbsent, secrets: isEmptyOrAbsent }) &&
    (parentProcessId === undefined || (isWhole(parentProcessId) && parentProcessId > 0)) &&
    (trace === undefined || trace === 'off');
  return plain ? ({ ...params, capabilities } as InitializeParams) : null;
}

function hasAll(value: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>): boolean {
  return hasOnly(value, checks) && Object.entries(checks).every(([name, check]) => check(value[name]));
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || isText(value);
}

function isEmptyOrAbsent(value: unknown): boolean {
  return value === undefined || (isObject(value) && hasNone(value));
}

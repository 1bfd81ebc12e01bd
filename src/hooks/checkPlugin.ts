import type { Plugin } from '../plugin/plugin.ts';

const functions = [
  'registerPurposes',
  'filterModels',
  'defaultModel',
  'promptContext',
  'groupExit',
  'registerTools',
  'registerAccountants',
];
const values = ['name', 'order', 'timeoutMs', 'onFailure', 'match'];

/** The default export of a plugin's module, checked: a misspelt hook would be one that is never asked. Throws what is wrong. */
export function checkPlugin(exported: unknown): Plugin {
  if (typeof exported !== 'object' || exported === null)
    throw new TypeError('A plugin is the default export of its module: export default definePlugin({ name, … })');
  const members = exported as Record<string, unknown>;
  for (const [member, value] of Object.entries(members)) {
    if (!functions.includes(member) && !values.includes(member))
      throw new TypeError(`A plugin has no "${member}". It may have ${[...values, ...functions].join(', ')}`);
    if (functions.includes(member) && value !== undefined && typeof value !== 'function')
      throw new TypeError(`"${member}" of a plugin has to be a function`);
  }
  const { name, order, timeoutMs, onFailure, match } = members;
  if (typeof name !== 'string' || name === '' || name === 'host' || name === 'config')
    throw new TypeError('A plugin needs a name of its own');
  if (order !== undefined && !Number.isFinite(order)) throw new TypeError('"order" of a plugin has to be a number');
  if (timeoutMs !== undefined && !(Number.isSafeInteger(timeoutMs) && Number(timeoutMs) > 0))
    throw new TypeError('"timeoutMs" of a plugin has to be a whole number above 0');
  if (onFailure !== undefined && onFailure !== 'fail' && onFailure !== 'skip')
    throw new TypeError(`"onFailure" of a plugin has to be 'fail' or 'skip'`);
  if (!isMatch(match)) throw new TypeError('"match" of a plugin has to be { purposes?, models? }, both lists of names');
  return exported as Plugin;
}

function isMatch(match: unknown): boolean {
  if (match === undefined) return true;
  if (typeof match !== 'object' || match === null) return false;
  return Object.entries(match).every(
    ([key, list]) =>
      (key === 'purposes' || key === 'models') &&
      (list === undefined || (Array.isArray(list) && list.every((name) => typeof name === 'string'))),
  );
}

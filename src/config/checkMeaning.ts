import { checkSecrets } from './checkSecrets.ts';
import { didYouMean, errorAt, warningAt, type Finding, type KeyPath } from './finding.ts';
import { nearest } from './nearest.ts';

/** What types cannot say. Works on whatever was written, so that all problems are found in one go. */
export function checkMeaning(written: unknown, tree: unknown, providerTypes: readonly string[]): Finding[] {
  return [
    ...checkLists(written, tree),
    ...checkProviders(tree, providerTypes),
    ...checkServers(tree),
    ...checkTools(tree),
    ...checkSecrets(written, tree),
  ];
}

/** behaviour 1.7: an empty list allows nothing, which is seldom meant; nor is a key whose list was commented out. */
function checkLists(written: unknown, tree: unknown): Finding[] {
  const lists: KeyPath[] = [['models'], ...namesIn(tree, 'purposes').map((name) => ['purposes', name, 'models'])];
  return lists.flatMap((path) => {
    const list = member(tree, path);
    if (Array.isArray(list) && list.length === 0) {
      const kept = path.length === 1 ? 'default_model' : 'the model of the purpose';
      const message = `An empty list allows no model but ${kept}. Remove the key to allow all.`;
      return [warningAt('emptyAllowlist', path, message)];
    }
    if (member(written, path) !== null || list !== undefined) return [];
    return [warningAt('emptyValue', path, 'There is no list here, so nothing is limited by it. Write [] to allow no model.', 'key')];
  });
}

/** The one type whose servers have no usual address. */
const typeWithoutAddress = 'openai-compatible';

function checkProviders(tree: unknown, providerTypes: readonly string[]): Finding[] {
  return namesIn(tree, 'providers').flatMap((name) => {
    const provider = member(tree, ['providers', name]);
    const type = member(provider, ['type']);
    const path: KeyPath = ['providers', name];
    if (type === undefined && !providerTypes.includes(name)) {
      const similar = nearest(name, providerTypes);
      const hint = similar.length > 0 ? didYouMean(similar) : ' For a server of your own write type: openai-compatible and its base_url.';
      const message = `"${name}" is not a built-in provider, so it needs a type: one of ${providerTypes.join(', ')}.${hint}`;
      return [errorAt('unknownProvider', path, message, 'key')];
    }
    if ((type ?? name) !== typeWithoutAddress || member(provider, ['base_url']) !== undefined) return [];
    return [
      errorAt('missingKey', [...path, 'base_url'], '"base_url" is missing here: where is this server? http://localhost:11434/v1', 'key'),
    ];
  });
}

/** A program or an address, and nothing that belongs to the other. */
function checkServers(tree: unknown): Finding[] {
  return namesIn(tree, 'mcp_servers').flatMap((name) => {
    const path: KeyPath = ['mcp_servers', name];
    const server = member(tree, path);
    if (typeof server !== 'object' || server === null) return [];
    const has = (key: string): boolean => member(server, [key]) !== undefined;
    if (!has('command') && !has('url')) {
      return [
        errorAt('missingKey', [...path, 'command'], 'This server needs a command, the program to start, or the url where it is.', 'key'),
      ];
    }
    const [main, others] = has('command') ? (['command', ['url', 'headers']] as const) : (['url', ['args', 'env', 'cwd']] as const);
    return others
      .filter(has)
      .map((key) =>
        errorAt(
          'conflictingKeys',
          [...path, key],
          `"${key}" does not go with "${main}": a server is started, or it is reached at a url.`,
          'key',
        ),
      );
  });
}

/** A tool of a server that is not configured. Those of plugins are not known here. */
function checkTools(tree: unknown): Finding[] {
  const servers = namesIn(tree, 'mcp_servers');
  return namesIn(tree, 'purposes').flatMap((purpose) => {
    const tools = member(tree, ['purposes', purpose, 'tools']);
    if (!Array.isArray(tools)) return [];
    return tools.flatMap((tool: unknown, index) => {
      const server = typeof tool === 'string' ? /^([^/]+)\//.exec(tool)?.[1] : undefined;
      if (server === undefined || servers.includes(server)) return [];
      const hint = didYouMean(nearest(server, servers)) || ' Add it under mcp_servers.';
      return [warningAt('unknownServer', ['purposes', purpose, 'tools', index], `There is no MCP server "${server}".${hint}`)];
    });
  });
}

function namesIn(tree: unknown, key: string): string[] {
  const value = member(tree, [key]);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

function member(value: unknown, path: KeyPath): unknown {
  let result: unknown = value;
  for (const part of path) {
    if (typeof result !== 'object' || result === null || !Object.hasOwn(result, part)) return undefined;
    result = (result as Record<string | number, unknown>)[part];
  }
  return result;
}

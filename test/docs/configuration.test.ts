import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { parseAliases, parseExtraOpenaiModels } from '../../src/config/parseLlmFiles.ts';
import { createFolder } from './support/folder.ts';
import { fileName, pages, readPage, type Block } from './support/pages.ts';

const blocks = pages.flatMap((page) => page.blocks.map((block) => ({ ...block, name: `${page.path}:${block.line}` })));
const yaml = blocks.filter(({ language }) => language === 'yaml');
const isBroken = (block: Block): boolean => fileName(block)?.startsWith('broken') === true;
const isOfLlm = (block: Block): boolean => fileName(block) === 'extra-openai-models.yaml';
// Plugins are loaded in a real process only: the example of one is a command of its page, and so in console.test.ts.
const hasPlugins = (block: Block): boolean => /^plugins: \[/m.test(block.text);
const configurations = yaml.filter((block) => !isBroken(block) && !isOfLlm(block) && !hasPlugins(block));
/** An encryption key. */
const key = 'nsw2WBsAD_AACEJFNOD6VSTNwOCUP5z-Gqbu7mof25A=';
/** The variables that the examples read. */
const env = {
  GATEWAY_URL: 'https://llm.example.com/v1',
  TEAM: 'data',
  RETRIES: '1',
  TICKETS_TOKEN: 'token',
  SIDECAR_KEY: key,
  NEXT_KEY: key,
  SIDECAR_DATABASE: 'postgres://sidecar:secret@db.example.com/llm',
};

describe('the examples of configurations', () => {
  test('are many', () => expect(configurations.length).toBeGreaterThan(9));

  test.each(configurations)('$name has no problem', async (block) => expect(await problemsOf(block.text)).toEqual([]));

  test.each(yaml.filter(isBroken))('$name is as broken as it says', async (block) => {
    expect(await problemsOf(block.text)).not.toEqual([]);
  });
});

describe('the examples of files of the llm command', () => {
  test.each(yaml.filter(isOfLlm))('$name', (block) => {
    const { providers, problems } = parseExtraOpenaiModels(file(block.text));
    expect(problems).toEqual([]);
    expect(providers.flatMap(({ models }) => models.map(({ id }) => id))).toEqual(['orca']);
  });

  test.each(blocks.filter((block) => fileName(block) === 'aliases.json'))('$name', (block) => {
    expect(parseAliases(file(block.text))).toEqual({ aliases: new Map([['fast', 'gpt-5.4-nano']]), problems: [] });
  });
});

describe('docs/config-reference.md', () => {
  const { text } = readPage('docs/config-reference.md');

  test('has every key', () => {
    const keys = schemaKeys();
    expect(keys.length).toBeGreaterThan(45);
    expect(keys.filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
  });

  test('says of each what it means', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.length).toBeGreaterThan(45);
    expect(rows.filter((row) => !/\| [^|]*[A-Za-z][^|]*\.?[^|]* \|$/.test(row))).toEqual([]);
    expect(text).not.toMatch(/^(Text|Mapping|List|Number)[^.\n]*\. *$/m);
  });
});

async function problemsOf(text: string): Promise<string[]> {
  const folder = createFolder({ 'config.yaml': text });
  const configPath = join(folder.path, 'config.yaml');
  const app = await openApp({ configPath, env: { ...folder.env, ...env }, cwd: folder.path, write: () => {} });
  try {
    // That no server answers on this machine is not the page's fault.
    const problems = app.config.diagnostics().filter(({ code }) => code !== 'modelsNotListed');
    return problems.map(({ message }) => message);
  } finally {
    await app.close();
  }
}

function file(text: string) {
  return { path: 'example', text, trouble: null, touchedAt: 0 };
}

type Schema = { [key: string]: any };

/** The paths of all keys in docs/config.schema.json, as the page writes them: `purposes.NAME.models[].key`. */
function schemaKeys(): string[] {
  const root = JSON.parse(readFileSync(new URL('../../docs/config.schema.json', import.meta.url), 'utf8')) as Schema;
  // `plugins` has the whole again, under `datasette-llm`.
  const properties = { ...(root['properties'] as Schema), plugins: {} };
  const found = new Set<string>();
  const visit = (schema: Schema, path: string): void => {
    const { $ref, anyOf = [], properties: own = {}, additionalProperties: others, items } = schema;
    if (typeof $ref === 'string')
      visit(
        $ref
          .slice(2)
          .split('/')
          .reduce((value, part) => value[part], root),
        path,
      );
    for (const one of anyOf as Schema[]) visit(one, path);
    for (const [key, child] of Object.entries(own as Schema)) {
      if (key === '$env') continue;
      const at = path === '' ? key : `${path}.${key}`;
      found.add(at);
      visit(child, at);
    }
    if (typeof others === 'object') visit(others, `${path}.NAME`);
    if (typeof items === 'object') visit(items, `${path}[]`);
  };
  visit({ properties }, '');
  return [...found];
}

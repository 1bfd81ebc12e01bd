import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileName, pages } from './support/pages.ts';

const root = new URL('../../', import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { scripts: Record<string, string> };

test('the documents that a project has', () => {
  expect(pages.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'ARCHITECTURE.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'README.md',
      'SECURITY.md',
      'docs/README.md',
      'docs/cli.md',
      'docs/client.md',
      'docs/configuration.md',
      'docs/protocol.md',
      'docs/providers.md',
    ]),
  );
});

test('docs/README.md lists every page and file of docs', () => {
  const { text } = pages.find(({ path }) => path === 'docs/README.md')!;
  const others = pages.filter(({ path }) => path.startsWith('docs/') && path !== 'docs/README.md');
  expect(others.filter(({ path }) => !text.includes(`](${posix.relative('docs', path)})`)).map(({ path }) => path)).toEqual([]);
});

describe.each(pages)('$path', ({ path, text, blocks }) => {
  const prose = text.replaceAll(/^```[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));

  test('has no dead link to a file or a heading', () => {
    const dead = links.filter((link) => {
      const [file = '', heading] = link.split('#');
      const target = file === '' ? path : posix.join(posix.dirname(path), file);
      if (!existsSync(new URL(target, root))) return true;
      return heading !== undefined && target.endsWith('.md') && !headings(readFileSync(new URL(target, root), 'utf8')).includes(heading);
    });
    expect(dead).toEqual([]);
  });

  test('has fences that are closed, each in a language that a test checks', () => {
    expect((text.match(/^```/gm) ?? []).length % 2).toBe(0);
    const hosts = ['elisp', 'go', 'lua', 'python', 'ruby', 'sh', 'ts'];
    const languages = ['bash', 'console', 'json', 'text', 'transcript', 'yaml', '', ...hosts];
    expect(blocks.filter(({ language }) => !languages.includes(language)).map(({ line }) => line)).toEqual([]);
    // A picture stands in a fence without a language; an output follows what writes it.
    const outputs = blocks.filter(
      ({ language }, index) => language === 'text' && !['bash', 'ts', 'python'].includes(blocks[index - 1]?.language ?? ''),
    );
    expect(outputs.map(({ line }) => line)).toEqual([]);
    expect(
      ['ARCHITECTURE.md', 'README.md'].includes(path) ? [] : blocks.filter(({ language }) => language === '').map(({ line }) => line),
    ).toEqual([]);
  });

  test('has JSON that is JSON', () => {
    for (const { text: json } of blocks.filter(({ language }) => language === 'json'))
      expect(() => JSON.parse(json) as unknown).not.toThrow();
  });

  test('has commands for a shell that exist', () => {
    const commands = blocks.filter(({ language }) => language === 'bash').flatMap((block) => block.text.trim().split('\n'));
    const unknown = commands.filter((command) => !command.split(' && ').every(isCommand));
    expect(unknown).toEqual([]);
  });
});

test('names of files in examples are told apart', () => {
  for (const { path, blocks } of pages) {
    const names = blocks.flatMap((block) => fileName(block) ?? []);
    expect({ path, names: names.toSorted() }).toEqual({ path, names: [...new Set(names)].toSorted() });
  }
});

/** `npm ci`, `npm test`, `npm run NAME`, a generator of types, or a command of this project for one test file. */
function isCommand(command: string): boolean {
  // test/hosts/bindings.test.ts runs quicktype.
  if (command === 'npm ci' || command.startsWith('npx quicktype@')) return true;
  const [, script] = /^npm (?:run )?([a-z]+)$/.exec(command) ?? [];
  if (script !== undefined) return script in scripts;
  const [, path] = /^npx vitest run (\S+)$/.exec(command) ?? [];
  return path !== undefined && existsSync(new URL(path, root));
}

/** As GitHub makes anchors of headings. */
function headings(text: string): string[] {
  const found = [...text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return found.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

import { globSync, readFileSync } from 'node:fs';

export interface Block {
  /** Of its first line, the words after the three backticks. */
  readonly language: string;
  readonly info: string;
  readonly text: string;
  /** Of the fence, from 1. */
  readonly line: number;
}

export interface Page {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

const root = new URL('../../../', import.meta.url);

/** Every document of the project. */
export const pages: readonly Page[] = globSync(['*.md', 'docs/**/*.md'], { cwd: root.pathname })
  .toSorted()
  .map((path) => readPage(path));

export function readPage(path: string): Page {
  const text = readFileSync(new URL(path, root), 'utf8');
  const blocks = [...text.matchAll(/^```(\S*) ?(.*)\n([^]*?)^```$/gm)].map(([, language = '', info = '', body = ''], index, all) => ({
    language,
    info,
    text: body,
    line: text.slice(0, all[index]!.index).split('\n').length,
  }));
  return { path, text, blocks };
}

/** The name that the first line of a block of YAML gives it: `# rules.yaml`. */
export function fileName(block: Block): string | undefined {
  return block.info || /^# (\S+\.\w+)\n/.exec(block.text)?.[1];
}

/** The blocks that have a name, as files. */
export function filesOf(page: Page): Record<string, string> {
  return Object.fromEntries(page.blocks.flatMap((block) => (fileName(block) === undefined ? [] : [[fileName(block)!, block.text]])));
}

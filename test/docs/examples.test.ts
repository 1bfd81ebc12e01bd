import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { startUpstream, type Answer } from '../providers/support/upstream.ts';
import { packageUrls } from '../support/packageUrls.ts';
import { createFolder } from './support/folder.ts';
import { filesOf, readPage } from './support/pages.ts';

// The programs of pages that need nothing, or a server that answers every prompt the same.
const zod = import.meta.resolve('zod');

/** Nothing listens there. */
const address = 'http://localhost:11434/v1';

const chunk = (choices: object[], more: object = {}) =>
  `data: ${JSON.stringify({ id: 'r', object: 'chat.completion.chunk', created: 1, model: 'local', choices, ...more })}\n\n`;
const rex: Answer = {
  headers: { 'content-type': 'text/event-stream' },
  body: [
    chunk([{ index: 0, delta: { content: '{"name":"Rex","age":4}' }, finish_reason: null }]),
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
    chunk([], { usage: { prompt_tokens: 12, completion_tokens: 6 } }),
    'data: [DONE]\n\n',
  ].join(''),
};

describe.each(['docs/structured-output.md', 'docs/embeddings.md', 'docs/history.md', 'docs/secrets.md', 'docs/migration.md'])(
  '%s',
  (path) => {
    const page = readPage(path);
    const examples = page.blocks.flatMap((block, index) => {
      const output = page.blocks[index + 1];
      return block.language === 'ts'
        ? [{ line: block.line, program: block.text, output: output?.language === 'text' ? output.text : undefined }]
        : [];
    });

    test('has programs', () => expect(examples.length).toBeGreaterThan(0));

    test.each(examples)('the program in line $line writes what the page says', async ({ program, output }) => {
      await using upstream = await startUpstream(rex);
      const { path: folder, env } = createFolder(mapped(filesOf(page), (file) => file.replaceAll(address, upstream.url)));
      const file = join(folder, 'example.ts');
      writeFileSync(
        file,
        program.replace("from 'llm-sidecar'", `from '${packageUrls['llm-sidecar']}'`).replace("from 'zod'", `from '${zod}'`),
      );
      const child = spawn(process.execPath, [file], { cwd: folder, env });
      const [written, problems] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
      expect({ written, problems }).toEqual({ written: output, problems: '' });
    });
  },
);

function mapped(files: Readonly<Record<string, string>>, change: (file: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [name, change(file)]));
}

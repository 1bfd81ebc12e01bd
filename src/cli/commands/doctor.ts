import { stripVTControlCharacters } from 'node:util';
import type { Health, HealthCheck } from '../../healthChecks.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { hang } from '../layOutHelp.ts';
import { parseWords } from '../parseWords.ts';
import { renderTable } from '../table.ts';
import type { Channel, Style, Terminal } from '../terminal.ts';
import { textWidth } from '../textWidth.ts';
import { withApp } from '../withApp.ts';

const help = `Look for what does not work, and say what to do.

Usage:
  llm-sidecar doctor [options]

It reads the configuration and what it names, opens the storage, and asks each provider that is configured or
has a key for its models, with that key; five seconds at most for each. No prompt is sent, and nothing is paid.

Options:
      --json          the same, as JSON
  -c, --config FILE   the configuration

Exit code: 0 nothing failed (there may be warnings), 1 something did.

Examples:
  llm-sidecar doctor
  llm-sidecar doctor --json | jq '.checks[] | select(.status == "failed")'
`;

export const doctor: Command = { help, run };

interface Checked extends Health {
  readonly name: string;
}

async function run(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean' }, config: { type: 'string', short: 'c' } });
  if (positionals.length > 0) throw new UsageError('doctor takes no words');
  const { out, err, progress, closed } = context.terminal;
  return withApp(context, values.config, async (app) => {
    const checks = await app.healthChecks();
    const checked = app.redactor.redactJson(await runAll(checks, { err, progress, signal: closed }));
    const failed = checked.filter(({ status }) => status === 'failed').length;
    if (values.json) out.write(`${JSON.stringify({ ok: failed === 0, checks: checked }, null, 2)}\n`);
    else show(out, checked, failed);
    return failed === 0 ? 0 : 1;
  });
}

/** All at once, in their order. A defect of one is a failure of it alone. */
async function runAll(
  checks: readonly HealthCheck[],
  { err, progress, signal }: Pick<Terminal, 'err' | 'progress'> & { signal: AbortSignal },
): Promise<Checked[]> {
  const waiting = new Set(checks.map(({ name }) => name));
  using _line = progress.start(() => err.safe(`waiting for ${[...waiting].join(', ')}`));
  return await Promise.all(
    checks.map(async (check) => {
      const { name } = check;
      const health = await check.run(signal).catch((error: unknown): Health => ({
        status: 'failed',
        message: `could not be looked at (${error instanceof Error ? error.name : 'thrown'})`,
        nextStep: 'This is a mistake of llm-sidecar: please report it',
      }));
      waiting.delete(name);
      return { name, ...health };
    }),
  );
}

const words: Readonly<Record<Health['status'], { readonly text: string; readonly style: Style }>> = {
  ok: { text: 'ok', style: 'green' },
  warning: { text: 'warning', style: 'yellow' },
  failed: { text: 'FAILED', style: 'red' },
  off: { text: '-', style: 'dim' },
};

function show(out: Channel, checked: readonly Checked[], failed: number): void {
  const lines = renderTable(
    checked,
    [
      { title: 'CHECK', text: ({ name }) => out.safe(name) },
      { title: '', text: ({ status }) => words[status].text, paint: (text, { status }) => out.paint(words[status].style, text) },
      { title: 'FOUND', text: ({ message }) => out.safe(message.replaceAll(/\s+/g, ' ')) },
    ],
    { width: out.width, paintTitle: (text) => out.paint('dim', text) },
  );
  const texts = ['FOUND', ...checked.map(({ message }) => out.safe(message.replaceAll(/\s+/g, ' ')))];
  const size = textWidth(stripVTControlCharacters(lines[0] ?? '')) - textWidth('FOUND');
  for (const [index, line] of lines.entries()) {
    const text = texts[index] ?? '';
    const fits = index === 0 || textWidth(stripVTControlCharacters(line)) <= out.width;
    out.write(fits ? `${line}\n` : `${hang(line.slice(0, -text.length), size, { text, width: out.width }).join('\n')}\n`);
  }
  const steps = checked.filter(({ nextStep }) => nextStep !== undefined);
  if (steps.length > 0) out.write(`\n${out.paint('bold', 'What to do:')}\n`);
  for (const { name, nextStep = '' } of steps) out.write(`  ${out.safe(name)}: ${out.safe(nextStep)}\n`);
  out.write(`\n${failed === 0 ? out.paint('green', 'nothing failed') : out.paint('red', `${failed} failed`)}\n`);
}

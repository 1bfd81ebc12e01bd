import { describe, expect, test } from 'vitest';
import { LLM, LLMError, SidecarExitedError } from '../../client/index.ts';
import { collect, failure } from './consume.ts';
import { sidecar } from './sidecars/start.ts';

describe('that does not start', () => {
  const cases: { name: string; kind: string; message: RegExp }[] = [
    { name: 'exitsAtOnce', kind: 'sidecarExited', message: /ended with code 2\. Its last lines on stderr:\nno such setting: frobnicate$/ },
    { name: 'wrongVersion', kind: 'unsupportedProtocolVersion', message: /speaks protocol 2, this client 1/ },
    { name: 'printsGarbage', kind: 'protocolViolation', message: /wrote to stdout what is no message/ },
    { name: 'neverAnswersInitialize', kind: 'startTimeout', message: /within 300 ms/ },
  ];
  test.each(cases)('$name: every call fails with $kind', async ({ name, kind, message }) => {
    await using llm = sidecar(name, { startTimeoutMs: name === 'neverAnswersInitialize' ? 300 : undefined });
    const failures = await Promise.all([failure(llm.models()), failure(llm.model('x').prompt('hi').text())]);
    for (const error of failures) {
      expect(error).toBeInstanceOf(LLMError);
      expect(error).toMatchObject({ kind, message: expect.stringMatching(message) });
    }
  });

  test('a command that does not exist', async () => {
    const error = await failure(LLM.start({ command: '/nowhere/llm-sidecar' }));
    expect(error).toBeInstanceOf(SidecarExitedError);
    expect(error).toMatchObject({ exitCode: null, message: 'The sidecar could not be started: spawn /nowhere/llm-sidecar ENOENT' });
  });
});

describe('that breaks in the middle', () => {
  test('diesMidStream: every pending call fails with how it ended, and holds what had arrived', async () => {
    await using llm = sidecar('diesMidStream');
    const response = llm.model('x').prompt('hi');
    const others = [failure(llm.request('ping', {})), failure(llm.models())];
    const error = await failure(response.text());
    expect(error).toBeInstanceOf(SidecarExitedError);
    expect(error).toMatchObject({
      kind: 'sidecarExited',
      exitCode: 7,
      signal: null,
      stderr: ['first line', 'out of memory'],
      partial: { text: 'Once upon', content: [{ type: 'text', text: 'Once upon' }], usage: { inputTokens: 5, outputTokens: 2 } },
    });
    expect(await Promise.all(others)).toMatchObject([{ exitCode: 7 }, { exitCode: 7 }]);
    expect(await failure(llm.models())).toMatchObject({ exitCode: 7 });
    const texts: string[] = [];
    const iteration = (async () => {
      for await (const text of response) texts.push(text);
    })();
    expect(await failure(iteration)).toMatchObject({ exitCode: 7 });
    expect(texts).toEqual(['Once upon']);
  });

  test('answersThenDies: what was sent before the end is not lost', async () => {
    await using llm = sidecar('answersThenDies');
    expect(await llm.model('x').prompt('hi').text()).toHaveLength(500);
  });

  test('breaksFrames: a stray line on stdout fails what is pending and ends the process', async () => {
    await using llm = sidecar('breaksFrames');
    expect(await failure(llm.model('x').prompt('hi').text())).toMatchObject({
      kind: 'protocolViolation',
      partial: { text: 'fine so far' },
    });
  });

  test('closesItsOutput: the process is ended, since nothing can come any more', async () => {
    await using llm = sidecar('closesItsOutput');
    expect(await failure(llm.model('x').prompt('hi').text())).toMatchObject({ kind: 'sidecarExited' });
  });

  test('closesItsInput: what can not be sent fails with the end of the process, which is brought about', async () => {
    await using llm = sidecar('closesItsInput');
    expect(await llm.model('x').prompt('hi').text()).toBe('');
    expect(await failure(llm.models())).toMatchObject({ kind: 'sidecarExited', signal: 'SIGTERM' });
  });

  test('leavesAChild: a process that holds the pipes does not hide the end', async () => {
    const child = Promise.withResolvers<number>();
    await using llm = sidecar('leavesAChild', { stderr: (line) => child.resolve(Number(line.split(' ')[1])) });
    expect(await failure(llm.model('x').prompt('hi').text())).toMatchObject({ exitCode: 3 });
    process.kill(await child.promise);
  });

  test('deltaAfterResponse: the answer stays what it was', async () => {
    await using llm = sidecar('deltaAfterResponse');
    const later = Promise.withResolvers<void>();
    llm.on('modelsChanged', later.resolve);
    const response = llm.model('x').prompt('hi');
    expect(await response.text()).toBe('whole');
    await later.promise;
    expect(await response.text()).toBe('whole');
    expect(await collect(response)).toEqual(['whole']);
  });

  test('rude: messages that make no sense are ignored', async () => {
    await using llm = sidecar('rude');
    const response = llm.model('x').prompt('hi');
    expect(await response.text()).toBe('still here');
    expect(await collect(response)).toEqual(['still here']);
  });
});

test('killed while nobody asks anything: the next call says so', async () => {
  await using llm = sidecar('scripted');
  const { pid } = (await llm.request('ping', {})) as { pid: number };
  process.kill(pid, 'SIGKILL');
  expect(await failure(llm.models())).toMatchObject({ kind: 'sidecarExited', exitCode: null, signal: 'SIGKILL' });
  expect(await failure(llm.model('x').prompt('hi').text())).toMatchObject({
    kind: 'sidecarExited',
    signal: 'SIGKILL',
    partial: { text: '' },
  });
});

test('ignoresEverything: end of input, then SIGTERM, then SIGKILL', async () => {
  const lines: string[] = [];
  const llm = sidecar('ignoresEverything', { stderr: (line) => lines.push(line) });
  const pending = failure(llm.models());
  await llm.close();
  expect(lines).toEqual(['end of input? No.', 'SIGTERM? No.']);
  expect(await pending).toMatchObject({ kind: 'sidecarExited', signal: 'SIGKILL', exitCode: null });
  expect(await failure(llm.models())).toMatchObject({ kind: 'closed' });
});

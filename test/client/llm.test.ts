import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { untilGone } from '../support/gone.ts';
import { failure } from './consume.ts';
import { sidecar } from './sidecars/start.ts';

const run = promisify(execFile);
const scripted = fileURLToPath(new URL('./sidecars/scripted.ts', import.meta.url));

test('nothing is started before the first call, and closing then starts nothing', async () => {
  const llm = sidecar('exitsAtOnce');
  llm.model('x');
  llm.on('modelsChanged', () => {});
  await llm.close();
  expect(await failure(llm.models())).toMatchObject({ kind: 'closed' });
});

test('what was begun before the close is still served', async () => {
  const llm = sidecar('scripted');
  const answer = JSON.stringify([{ deltas: [{ type: 'text', part: 0, text: 'yes' }] }, { result: {} }]);
  const conversation = llm.model('x').conversation();
  const answers = [llm.model('x').prompt(answer), conversation.prompt(answer), conversation.prompt(answer)].map((response) =>
    response.text(),
  );
  await llm.close();
  expect(await Promise.all(answers)).toEqual(['yes', 'yes', 'yes']);
  expect(await failure(llm.model('x').prompt(answer).text())).toMatchObject({ kind: 'closed' });
});

test('models and problems of the configuration', async () => {
  await using llm = sidecar('scripted');
  expect(await llm.models({ purpose: 'chat' })).toEqual([{ id: 'fake' }]);
  expect(await llm.configDiagnostics()).toEqual([]);
});

test('events: problems after the start and after a change; changed models; no more after leaving', async () => {
  await using llm = sidecar('scripted');
  const heard: unknown[] = [];
  const stop = llm.on('diagnostics', (diagnostics) => heard.push(diagnostics.map(({ code }) => code)));
  llm.on('diagnostics', () => Promise.reject(new Error('of a listener')));
  llm.on('modelsChanged', () => heard.push('modelsChanged'));
  const change = { method: 'config/diagnostics', params: { path: null, diagnostics: [] } };
  const prompt = [{ send: change }, { send: { method: 'llm/modelsChanged', params: {} } }, { result: {} }];
  await llm.model('x').prompt(JSON.stringify(prompt)).text();
  stop();
  await llm.model('x').prompt(JSON.stringify(prompt)).text();
  expect(heard).toEqual([['unknownKey'], [], 'modelsChanged', 'modelsChanged']);
});

test('stderr goes line by line to a function', async () => {
  const lines: string[] = [];
  const llm = sidecar('scripted', { stderr: (line) => lines.push(line) });
  await llm
    .model('x')
    .prompt(JSON.stringify([{ stderr: 'one\ntwo\nhalf' }, { stderr: ' a line' }, { result: {} }]))
    .text();
  await llm.close();
  expect(lines).toEqual(['one', 'two', 'half a line']);
});

test('arguments, environment, directory, configuration', async () => {
  await using llm = sidecar('showsItself', { cwd: '/', config: 'my.yaml', env: { SHOWN: 'yes', HOME: undefined } });
  expect(await llm.request('config/read', {})).toMatchObject({
    config: { args: ['--config', 'my.yaml'], cwd: '/', shown: 'yes', home: null, path: true, parentIsHost: true },
  });
});

describe('the host process', () => {
  const start = `
    import { LLM } from ${JSON.stringify(new URL('../../client/index.ts', import.meta.url).href)};
    const llm = new LLM({ command: process.execPath, args: [${JSON.stringify(scripted)}], stderr: (line) => console.log(line) });
    const prompt = (steps) => llm.model('x').prompt(JSON.stringify(steps));
    const hello = [{ deltas: [{ type: 'text', part: 0, text: 'hello' }] }, { result: {} }];
  `;
  const cases: { name: string; script: string; stdout: string }[] = [
    { name: 'a script that is done ends by itself', script: `console.log(await prompt(hello).text());`, stdout: 'hello\n' },
    {
      name: 'it is kept alive while a call is pending, also one that nobody waits for',
      script: `
        const response = prompt([{ deltas: [{ type: 'step', step: 0, model: 'm' }] }, { until: 'ping' }, ...hello]);
        response.onDone((done) => console.log(done.outcome));
        for await (const delta of response.events()) break;
        llm.request('ping', {}).then(() => console.log('pong'));`,
      stdout: 'pong\nok\n',
    },
    {
      name: 'an answer that failed and that nobody reads is no unhandled rejection; asked later, it tells',
      script: `
        const response = prompt([{ error: { code: -31020, message: 'no', data: { kind: 'providerError', retryable: false } } }]);
        await llm.request('ping', {});
        await new Promise((go) => setTimeout(go, 50));
        console.log(await response.text().catch((error) => error.kind));`,
      stdout: 'providerError\n',
    },
    {
      name: 'a sidecar that nobody holds keeps nobody alive',
      script: `
        const { spawnSidecar } = await import(${JSON.stringify(new URL('../../client/spawn.ts', import.meta.url).href)});
        spawnSidecar({ command: process.execPath, args: [${JSON.stringify(scripted)}] });
        console.log('done');`,
      stdout: 'done\n',
    },
    {
      name: 'close ends the sidecar before it resolves',
      script: `
        await llm.request('ping', {});
        await llm.close();
        console.log('closed');`,
      stdout: 'closed\n',
    },
  ];
  test.concurrent.each(cases)('$name', async ({ script, stdout }) => {
    const result = await run(process.execPath, ['--input-type=module', '-e', start + script], { timeout: 50_000 });
    expect(result).toEqual({ stdout, stderr: '' });
  });

  test('the sidecar is gone after the script', async () => {
    const { stdout } = await run(process.execPath, [
      '--input-type=module',
      '-e',
      `${start} console.log(JSON.stringify(await llm.request('ping', {})));`,
    ]);
    const { pid } = JSON.parse(stdout) as { pid: number };
    await untilGone(pid);
  });
});

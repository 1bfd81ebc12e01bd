import { LLM } from 'llm-sidecar';

await using llm = new LLM();
const answer = llm.model('echo').prompt('Hello from TypeScript');
for await (const text of answer) process.stdout.write(text);
console.log(`\n${JSON.stringify(await answer.usage())}`);

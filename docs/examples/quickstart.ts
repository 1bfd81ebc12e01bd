// npm run quickstart: an answer as it is written, and the models there are. `echo` needs no key and no network.
import { LLM } from 'llm-sidecar';

await using llm = new LLM();

const answer = llm.model('echo').prompt('Hello from the quickstart');
for await (const text of answer) process.stdout.write(text);
console.log('\n\nUsage:', await answer.usage());

const models = await llm.models();
console.log('\nModels you can use now:', models.map((model) => model.id).join(', '));

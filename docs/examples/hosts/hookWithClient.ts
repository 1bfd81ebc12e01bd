// A host that is asked before every prompt, and refuses what has a certain word in it.
import { LLM, type LLMError } from 'llm-sidecar';

await using llm = new LLM({
  hooks: {
    promptContext: async function* ({ prompt }) {
      if (prompt?.includes('swordfish')) throw new Error('That word stays here.');
      yield;
    },
  },
});
const model = llm.model('echo');
try {
  await model.prompt('My password is swordfish').text();
} catch (error) {
  console.log('refused:', (error as LLMError).message);
}
console.log('answered:', await model.prompt('{"raw": "All is well."}').text());

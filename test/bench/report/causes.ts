/** Why a goal is missed where it is, by what its text begins with; what a profile of the sidecar showed. */
const causes: readonly (readonly [goals: RegExp, cause: string])[] = [
  [
    /^(first delta, p50|whole unstreamed)/,
    'A prompt crosses a pipe twice and is scheduled in one more process. Beside the provider package it costs the sidecar about 0.3 ms of CPU of its own: parameters are checked; model, policy, key, price and hooks are decided; it is counted, folded and answered. No part of that stands out: the write to the pipe is about 15 % of it, the collection of garbage as much, the price 8 %.',
  ],
  [
    /^deltas a second/,
    'With many short streams it is prompts that cost, not deltas: what a prompt costs beside the provider package is named above. Where streams are long, deltas that arrive together are given to the provider package as one, and its cost of about 10 µs each falls away.',
  ],
  [
    /^spawn/,
    'Half of the time above a bare Node compiles and evaluates modules: the program and the schemas of the contract. The rest opens the configuration and the folders that are followed.',
  ],
  [/^memory idle/, 'What is loaded stays: the program, its compiled code, and the list of models and prices.'],
  [
    /^memory at/,
    'A stream holds its connection to the provider and the streams of the provider package over it. A host that has the provider package in its own process needs more: its row is in the table.',
  ],
  [/^memory that a host/, 'Text is kept until it is read, up to `limits.max_response_bytes` a response.'],
  [
    /^(CPU of a prompt of|first delta, p99)/,
    'A budget is held before a prompt is sent and settled after it has ended: two transactions, each with its own write to the file, whatever the length of the prompt. What history alone costs is in the table.',
  ],
];

export function causeOf(goal: string): string {
  return causes.find(([goals]) => goals.test(goal))?.[1] ?? 'Not known.';
}

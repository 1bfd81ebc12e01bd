/** Why a goal is missed where it is, by what its text begins with; what a profile of the sidecar showed. */
const causes: readonly (readonly [goals: RegExp, cause: string])[] = [
  [
    /^(first delta, p50|whole unstreamed)/,
    "A prompt crosses a pipe twice and is scheduled in one more process, which is more than the reader of the sidecar saves over the provider package. Most of what is left is the system's: writes to pipes and sockets, and waking who waits for them.",
  ],
  [
    /^deltas a second/,
    'With many short streams it is prompts that cost, not deltas: parameters are checked; model, policy, key, price and hooks are decided; each is counted, folded and answered. Where streams are long, deltas that arrive together are read as one.',
  ],
  [
    /^spawn/,
    'Most of the time above a bare Node compiles and evaluates the program, out of the compile cache. The rest opens the configuration and the folders that are followed.',
  ],
  [/^memory idle/, 'What is loaded stays: the program, its compiled code, and the list of models and prices.'],
  [
    /^memory at/,
    'A stream holds its connection to the provider, its request and what is not sent yet. A host that has the provider package in its own process needs more: its row is in the table.',
  ],
  [/^memory that a host/, 'Text is kept until it is read, up to `limits.max_response_bytes` a response.'],
  [
    /^(CPU of a prompt of|first delta, p99)/,
    'A budget is held before a prompt is sent and settled before its answer is given: two transactions of two pages each, whatever the length of the prompt. They are more than half of the difference; the rest makes the row and its amounts. One transaction less would lose what a killed process has spent. What history alone costs is in the table.',
  ],
  [/^reading/, 'The JSON of an event is most of what is left.'],
];

export function causeOf(goal: string): string {
  return causes.find(([goals]) => goals.test(goal))?.[1] ?? 'Not known.';
}

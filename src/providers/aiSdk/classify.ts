import type { FailureKind } from '../../lib/failure.ts';

export interface Problem {
  readonly message: string;
  readonly code: string | undefined;
  readonly type: string | undefined;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** A refused request, an error within an answer, or no answer at all. */
  readonly place: 'response' | 'stream' | 'network';
}

export interface Class {
  readonly kind: FailureKind;
  readonly retryable: boolean;
  /** What the reader may do. */
  readonly advice: string;
}

/** Which of our kinds a provider's error is. What it says comes before the status: statuses are used loosely. */
export function classify(problem: Problem): Class {
  const names = `${problem.code ?? ''} ${problem.type ?? ''}`.toLowerCase();
  const words = problem.message.toLowerCase();
  const said = rows.find(({ name, word }) => name?.test(names) === true || word?.test(words) === true);
  const row = said ?? rows.find(({ status }) => problem.place === 'response' && status?.includes(problem.status ?? 0) === true);
  if (row !== undefined && problem.place !== 'network') return row.class;
  if (/timedout|timeout/.test(names)) return timedOut;
  const retryable = isRetryable(problem, names);
  return {
    kind: 'providerError',
    retryable,
    advice: retryable
      ? 'Try again later, or use another model.'
      : problem.status === 404
        ? 'Check base_url and the name of the model.'
        : 'See what it says about the request.',
  };
}

/** Not the caller's fault: the server's, the network's, or nothing known against a second attempt. */
function isRetryable({ status, headers, place }: Problem, names: string): boolean {
  const asked = headers['x-should-retry'];
  if (asked === 'true') return true;
  if (asked === 'false') return false;
  if (place === 'network') return true;
  if (/invalid_request|invalid_argument|failed_precondition|tool_use_failed|not_found|unsupported/.test(names)) return false;
  if (status === undefined || status < 400) return true;
  return status >= 500 || status === 408 || status === 409 || status === 425;
}

const timedOut: Class = { kind: 'providerTimeout', retryable: true, advice: 'Try again later, or use another model.' };

interface Row {
  readonly name?: RegExp;
  readonly word?: RegExp;
  readonly status?: readonly number[];
  readonly class: Class;
}

const rows: readonly Row[] = [
  {
    name: /context_length|context_window|request_too_large|string_above_max_length/,
    word: /context (length|window|size)|prompt is too long|input is too long|maximum (prompt|input|number of tokens)|(input )?token count.{0,60}exceed|too many (input )?tokens|exceeds? the (maximum|model's|available).{0,40}(token|context)|reduce the length/,
    class: { kind: 'contextLength', retryable: false, advice: 'Shorten the prompt, or use a model with a larger context window.' },
  },
  {
    name: /insufficient_(quota|balance|credits|funds)|billing|payment_required|quota_exceeded/,
    word: /credit balance|insufficient (quota|balance|credits?|funds)|out of credits|used all available credits|spending limit|billing hard limit/,
    status: [402],
    class: {
      kind: 'providerQuota',
      retryable: false,
      advice: "Check the account's plan and credit with the provider, or use another key.",
    },
  },
  {
    name: /invalid_api_key|authentication|unauthenticated|unauthorized|permission_(error|denied)|invalid_key/,
    word: /api key (not valid|not found|expired)|(incorrect|invalid|missing|wrong) (x-)?api[ -]?key|no auth credentials|user not found\.?$/,
    status: [401, 403],
    class: { kind: 'providerAuth', retryable: false, advice: 'Check the key, and that it may use this model.' },
  },
  {
    name: /content_?filter|content_policy|responsibleaipolicyviolation|safety|moderation/,
    word: /content (management|policy|filter)|flagged (as|by|for)|violat\w+ .{0,40}polic/,
    status: [451],
    class: { kind: 'contentFiltered', retryable: false, advice: 'The provider refuses this content: change the prompt.' },
  },
  {
    name: /rate_?limit|resource_exhausted|too_many_requests|tokens_per_min/,
    status: [429],
    class: { kind: 'rateLimited', retryable: true, advice: 'Wait, then try again.' },
  },
  {
    name: /model_not_found|model_not_exist|unknown_model|model_decommissioned/,
    word: /model.{0,120}(does not exist|not found|is not supported for|not exist|decommissioned|no longer available)|(no such|unknown|invalid) model|model: \S+$|no endpoints found/,
    class: { kind: 'modelNotFound', retryable: false, advice: 'Check the name of the model, and that the key may use it.' },
  },
  { name: /deadline_exceeded|timeout/, status: [408, 504, 524], class: timedOut },
];

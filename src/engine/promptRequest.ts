import type {
  Actor,
  AttachmentPart,
  JsonObject,
  KeySource,
  Message,
  PromptStep,
  StopReason,
  ToolChoice,
  ToolSpec,
  Cost,
  Usage,
  Json,
} from '../../protocol/index.ts';
import type { AnswerTool, HookError } from './ports.ts';
import type { TraceContext } from './telemetryPort.ts';

export interface PromptRequest {
  readonly promptId: string;
  readonly model: string | undefined;
  readonly purpose: string | undefined;
  readonly actor: Actor | undefined;
  readonly groupId: string | undefined;
  readonly prompt: string | undefined;
  readonly messages: readonly Message[];
  readonly system: string | undefined;
  readonly attachments: readonly AttachmentPart[];
  readonly options: JsonObject;
  readonly schema: JsonObject | undefined;
  readonly tools: readonly ToolSpec[];
  readonly toolChoice: ToolChoice | undefined;
  /** Tools of plugins and MCP servers, by name. */
  readonly toolNames: readonly string[];
  /** How the caller answers calls of its `tools`; undefined: they end the prompt, and it continues with `messages`. */
  readonly answerTool: AnswerTool | undefined;
  /** The most responses of the model; one more would be `stepLimit`. */
  readonly maxSteps: number | undefined;
  readonly conversationId: string | undefined;
  /** How many hooks deep this call is. */
  readonly depth: number;
  readonly stream: boolean;
  readonly timeoutMs: number | undefined;
  readonly metadata: JsonObject | undefined;
  /** undefined: the caller did not say. */
  readonly traceContext?: TraceContext | undefined;
}

/** How a prompt ended without a failure: `cancelled` and `interrupted` among the stop reasons mark a partial answer. */
export interface PromptOutcome {
  /** Who answered. */
  readonly model: string;
  /** Who was to answer: another one where a fallback did. */
  readonly chosen: string;
  readonly keySource: KeySource | undefined;
  readonly stopReason: StopReason;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly steps: PromptStep[];
  readonly text: string;
  /** UTF-8 bytes of `text`. */
  readonly textBytes: number;
  readonly parsed: Json | undefined;
  /** What was sent, the system prompt first, plus what came back. */
  readonly messages: Message[];
  readonly warnings: readonly { code: string; message: string }[];
  readonly hookErrors: readonly HookError[];
  readonly conversationId: string | undefined;
  readonly timing: { startedAt: string; firstDeltaMs: number | undefined; durationMs: number };
}

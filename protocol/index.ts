export { errorCodes, type ErrorData, type ErrorKind, type Partial, type WireError } from './errors.ts';
export type { InitializeParams, InitializeResult } from './initialize.ts';
export {
  clientNotifications,
  clientRequests,
  serverNotifications,
  serverRequests,
  type ClientNotification,
  type ClientRequest,
  type ParamsOf,
  type ParsedParamsOf,
  type ResultOf,
  type ServerNotification,
  type ServerRequest,
} from './messages.ts';
export { protocolVersion } from './protocolVersion.ts';
export type { ConfigReadResult } from './config/read.ts';
export type { HistoryListResult } from './history/list.ts';
export type { HistoryReadResult } from './history/read.ts';
export type { EmbedParams, EmbedResult } from './llm/embed.ts';
export type { Delta, DeltaParams, PartKind } from './llm/delta.ts';
export type { ExplainResult } from './llm/explain.ts';
export type { GroupCloseParams, GroupCloseResult } from './llm/groupClose.ts';
export type { GroupOpenParams, GroupOpenResult } from './llm/groupOpen.ts';
export type { ModelsParams, ModelsResult } from './llm/models.ts';
export type { PromptParams, PromptResult, PromptStep } from './llm/prompt.ts';
export type { SecretListResult } from './secret/list.ts';
export type { UsageSummaryResult } from './usage/summary.ts';
export type { Actor } from './shapes/actor.ts';
export type { AttachmentPart, ContentPart, Message, ToolChoice, ToolSpec } from './shapes/content.ts';
export type { Diagnostic } from './shapes/diagnostic.ts';
export type { HistoryEntry, HistoryFilter } from './shapes/history.ts';
export type { HookRegistration, HookRegistrationResult } from './shapes/hook.ts';
export type { Json, JsonObject, Open } from './shapes/json.ts';
export type { KeySource, ModelInfo } from './shapes/model.ts';
export type { Cost, StopReason, Usage, Usd } from './shapes/usage.ts';

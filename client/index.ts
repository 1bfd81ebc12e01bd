export { Chain, type OpenCall } from './chain.ts';
export type { ChainResponse } from './chainResponses.ts';
export { Conversation, type ConversationOptions } from './conversation.ts';
export { LLMError, SidecarExitedError, type LLMErrorKind, type PartialAnswer, type SidecarExit } from './errors.ts';
export type { EmbedOptions } from './embed.ts';
export { Group, type GroupCloseOptions, type GroupOptions } from './group.ts';
export type {
  AroundPrompt,
  DefaultModel,
  EndedGroup,
  FilterModels,
  GroupExit,
  Hook,
  Hooks,
  HookScope,
  HookSettings,
  OnResponseDone,
  PromptContext,
  PromptPatch,
  PromptResponse,
  ResponseDone,
} from './hooks.ts';
export { LLM, type LLMEvents, type LLMOptions } from './llm.ts';
export { Model, type ChainOptions, type PromptOptions, type Scope } from './model.ts';
export { Refusal } from './refusal.ts';
export type { RegisteredHooks } from './registerHooks.ts';
export { Response, type Done } from './response.ts';
export type { LibrarySchema } from './schema.ts';
export type { ResolveSecret, SecretAnswer, SecretQuestion, Secrets } from './secrets.ts';
export type { Tool, ToolContext, Tools } from './tools.ts';
export type {
  Actor,
  AttachmentPart,
  ContentPart,
  Cost,
  Delta,
  Diagnostic,
  EmbedResult,
  ErrorData,
  GroupCloseResult,
  Json,
  JsonObject,
  Message,
  ModelInfo,
  PromptResult,
  SecretListResult,
  ToolChoice,
  ToolSpec,
  Usage,
} from '../protocol/index.ts';

// Code generated from JSON Schema using quicktype. DO NOT EDIT.
// To parse and unparse this JSON data, add this code to your project and do:
//
//    hookRegistration, err := UnmarshalHookRegistration(bytes)
//    bytes, err = hookRegistration.Marshal()
//
//    hookRegistrationResult, err := UnmarshalHookRegistrationResult(bytes)
//    bytes, err = hookRegistrationResult.Marshal()
//
//    diagnostic, err := UnmarshalDiagnostic(bytes)
//    bytes, err = diagnostic.Marshal()
//
//    actor, err := UnmarshalActor(bytes)
//    bytes, err = actor.Marshal()
//
//    modelInfo, err := UnmarshalModelInfo(bytes)
//    bytes, err = modelInfo.Marshal()
//
//    usd, err := UnmarshalUsd(bytes)
//    bytes, err = usd.Marshal()
//
//    message, err := UnmarshalMessage(bytes)
//    bytes, err = message.Marshal()
//
//    contentPart, err := UnmarshalContentPart(bytes)
//    bytes, err = contentPart.Marshal()
//
//    attachment, err := UnmarshalAttachment(bytes)
//    bytes, err = attachment.Marshal()
//
//    toolSpec, err := UnmarshalToolSpec(bytes)
//    bytes, err = toolSpec.Marshal()
//
//    usage, err := UnmarshalUsage(bytes)
//    bytes, err = usage.Marshal()
//
//    cost, err := UnmarshalCost(bytes)
//    bytes, err = cost.Marshal()
//
//    promptStep, err := UnmarshalPromptStep(bytes)
//    bytes, err = promptStep.Marshal()
//
//    error, err := UnmarshalError(bytes)
//    bytes, err = error.Marshal()
//
//    errorData, err := UnmarshalErrorData(bytes)
//    bytes, err = errorData.Marshal()
//
//    partial, err := UnmarshalPartial(bytes)
//    bytes, err = partial.Marshal()
//
//    historyFilter, err := UnmarshalHistoryFilter(bytes)
//    bytes, err = historyFilter.Marshal()
//
//    delta, err := UnmarshalDelta(bytes)
//    bytes, err = delta.Marshal()
//
//    initializeParams, err := UnmarshalInitializeParams(bytes)
//    bytes, err = initializeParams.Marshal()
//
//    initializeResult, err := UnmarshalInitializeResult(bytes)
//    bytes, err = initializeResult.Marshal()
//
//    shutdownParams, err := UnmarshalShutdownParams(bytes)
//    bytes, err = shutdownParams.Marshal()
//
//    pingParams, err := UnmarshalPingParams(bytes)
//    bytes, err = pingParams.Marshal()
//
//    pingResult, err := UnmarshalPingResult(bytes)
//    bytes, err = pingResult.Marshal()
//
//    rPCDiscoverParams, err := UnmarshalRPCDiscoverParams(bytes)
//    bytes, err = rPCDiscoverParams.Marshal()
//
//    rPCDiscoverResult, err := UnmarshalRPCDiscoverResult(bytes)
//    bytes, err = rPCDiscoverResult.Marshal()
//
//    llmModelsParams, err := UnmarshalLlmModelsParams(bytes)
//    bytes, err = llmModelsParams.Marshal()
//
//    llmModelsResult, err := UnmarshalLlmModelsResult(bytes)
//    bytes, err = llmModelsResult.Marshal()
//
//    llmPromptParams, err := UnmarshalLlmPromptParams(bytes)
//    bytes, err = llmPromptParams.Marshal()
//
//    llmPromptResult, err := UnmarshalLlmPromptResult(bytes)
//    bytes, err = llmPromptResult.Marshal()
//
//    llmGroupOpenParams, err := UnmarshalLlmGroupOpenParams(bytes)
//    bytes, err = llmGroupOpenParams.Marshal()
//
//    llmGroupOpenResult, err := UnmarshalLlmGroupOpenResult(bytes)
//    bytes, err = llmGroupOpenResult.Marshal()
//
//    llmGroupCloseParams, err := UnmarshalLlmGroupCloseParams(bytes)
//    bytes, err = llmGroupCloseParams.Marshal()
//
//    llmGroupCloseResult, err := UnmarshalLlmGroupCloseResult(bytes)
//    bytes, err = llmGroupCloseResult.Marshal()
//
//    llmPurposesParams, err := UnmarshalLlmPurposesParams(bytes)
//    bytes, err = llmPurposesParams.Marshal()
//
//    llmPurposesResult, err := UnmarshalLlmPurposesResult(bytes)
//    bytes, err = llmPurposesResult.Marshal()
//
//    llmExplainParams, err := UnmarshalLlmExplainParams(bytes)
//    bytes, err = llmExplainParams.Marshal()
//
//    llmExplainResult, err := UnmarshalLlmExplainResult(bytes)
//    bytes, err = llmExplainResult.Marshal()
//
//    llmEmbedParams, err := UnmarshalLlmEmbedParams(bytes)
//    bytes, err = llmEmbedParams.Marshal()
//
//    llmEmbedResult, err := UnmarshalLlmEmbedResult(bytes)
//    bytes, err = llmEmbedResult.Marshal()
//
//    hookRegisterParams, err := UnmarshalHookRegisterParams(bytes)
//    bytes, err = hookRegisterParams.Marshal()
//
//    hookRegisterResult, err := UnmarshalHookRegisterResult(bytes)
//    bytes, err = hookRegisterResult.Marshal()
//
//    hookUnregisterParams, err := UnmarshalHookUnregisterParams(bytes)
//    bytes, err = hookUnregisterParams.Marshal()
//
//    hookUnregisterResult, err := UnmarshalHookUnregisterResult(bytes)
//    bytes, err = hookUnregisterResult.Marshal()
//
//    conversationListParams, err := UnmarshalConversationListParams(bytes)
//    bytes, err = conversationListParams.Marshal()
//
//    conversationListResult, err := UnmarshalConversationListResult(bytes)
//    bytes, err = conversationListResult.Marshal()
//
//    conversationReadParams, err := UnmarshalConversationReadParams(bytes)
//    bytes, err = conversationReadParams.Marshal()
//
//    conversationReadResult, err := UnmarshalConversationReadResult(bytes)
//    bytes, err = conversationReadResult.Marshal()
//
//    conversationDeleteParams, err := UnmarshalConversationDeleteParams(bytes)
//    bytes, err = conversationDeleteParams.Marshal()
//
//    secretListParams, err := UnmarshalSecretListParams(bytes)
//    bytes, err = secretListParams.Marshal()
//
//    secretListResult, err := UnmarshalSecretListResult(bytes)
//    bytes, err = secretListResult.Marshal()
//
//    secretSetParams, err := UnmarshalSecretSetParams(bytes)
//    bytes, err = secretSetParams.Marshal()
//
//    secretSetResult, err := UnmarshalSecretSetResult(bytes)
//    bytes, err = secretSetResult.Marshal()
//
//    secretDeleteParams, err := UnmarshalSecretDeleteParams(bytes)
//    bytes, err = secretDeleteParams.Marshal()
//
//    usageSummaryParams, err := UnmarshalUsageSummaryParams(bytes)
//    bytes, err = usageSummaryParams.Marshal()
//
//    usageSummaryResult, err := UnmarshalUsageSummaryResult(bytes)
//    bytes, err = usageSummaryResult.Marshal()
//
//    historyListParams, err := UnmarshalHistoryListParams(bytes)
//    bytes, err = historyListParams.Marshal()
//
//    historyListResult, err := UnmarshalHistoryListResult(bytes)
//    bytes, err = historyListResult.Marshal()
//
//    historyReadParams, err := UnmarshalHistoryReadParams(bytes)
//    bytes, err = historyReadParams.Marshal()
//
//    historyReadResult, err := UnmarshalHistoryReadResult(bytes)
//    bytes, err = historyReadResult.Marshal()
//
//    configReadParams, err := UnmarshalConfigReadParams(bytes)
//    bytes, err = configReadParams.Marshal()
//
//    configReadResult, err := UnmarshalConfigReadResult(bytes)
//    bytes, err = configReadResult.Marshal()
//
//    exitParams, err := UnmarshalExitParams(bytes)
//    bytes, err = exitParams.Marshal()
//
//    llmACKParams, err := UnmarshalLlmACKParams(bytes)
//    bytes, err = llmACKParams.Marshal()
//
//    cancelRequestParams, err := UnmarshalCancelRequestParams(bytes)
//    bytes, err = cancelRequestParams.Marshal()
//
//    setTraceParams, err := UnmarshalSetTraceParams(bytes)
//    bytes, err = setTraceParams.Marshal()
//
//    hookFilterModelsParams, err := UnmarshalHookFilterModelsParams(bytes)
//    bytes, err = hookFilterModelsParams.Marshal()
//
//    hookFilterModelsResult, err := UnmarshalHookFilterModelsResult(bytes)
//    bytes, err = hookFilterModelsResult.Marshal()
//
//    hookDefaultModelParams, err := UnmarshalHookDefaultModelParams(bytes)
//    bytes, err = hookDefaultModelParams.Marshal()
//
//    hookDefaultModelResult, err := UnmarshalHookDefaultModelResult(bytes)
//    bytes, err = hookDefaultModelResult.Marshal()
//
//    hookPromptStartParams, err := UnmarshalHookPromptStartParams(bytes)
//    bytes, err = hookPromptStartParams.Marshal()
//
//    hookPromptStartResult, err := UnmarshalHookPromptStartResult(bytes)
//    bytes, err = hookPromptStartResult.Marshal()
//
//    hookPromptEndParams, err := UnmarshalHookPromptEndParams(bytes)
//    bytes, err = hookPromptEndParams.Marshal()
//
//    hookPromptEndResult, err := UnmarshalHookPromptEndResult(bytes)
//    bytes, err = hookPromptEndResult.Marshal()
//
//    hookGroupExitParams, err := UnmarshalHookGroupExitParams(bytes)
//    bytes, err = hookGroupExitParams.Marshal()
//
//    hookGroupExitResult, err := UnmarshalHookGroupExitResult(bytes)
//    bytes, err = hookGroupExitResult.Marshal()
//
//    toolCallParams, err := UnmarshalToolCallParams(bytes)
//    bytes, err = toolCallParams.Marshal()
//
//    toolCallResult, err := UnmarshalToolCallResult(bytes)
//    bytes, err = toolCallResult.Marshal()
//
//    secretResolveParams, err := UnmarshalSecretResolveParams(bytes)
//    bytes, err = secretResolveParams.Marshal()
//
//    secretResolveResult, err := UnmarshalSecretResolveResult(bytes)
//    bytes, err = secretResolveResult.Marshal()
//
//    llmDeltaParams, err := UnmarshalLlmDeltaParams(bytes)
//    bytes, err = llmDeltaParams.Marshal()
//
//    llmModelsChangedParams, err := UnmarshalLlmModelsChangedParams(bytes)
//    bytes, err = llmModelsChangedParams.Marshal()
//
//    configDiagnosticsParams, err := UnmarshalConfigDiagnosticsParams(bytes)
//    bytes, err = configDiagnosticsParams.Marshal()
//
//    logTraceParams, err := UnmarshalLogTraceParams(bytes)
//    bytes, err = logTraceParams.Marshal()
//
//    clientMessage, err := UnmarshalClientMessage(bytes)
//    bytes, err = clientMessage.Marshal()
//
//    serverMessage, err := UnmarshalServerMessage(bytes)
//    bytes, err = serverMessage.Marshal()

package protocol

import "bytes"
import "errors"

import "encoding/json"

func UnmarshalHookRegistration(data []byte) (HookRegistration, error) {
	var r HookRegistration
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookRegistration) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookRegistrationResult(data []byte) (HookRegistrationResult, error) {
	var r HookRegistrationResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookRegistrationResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalDiagnostic(data []byte) (Diagnostic, error) {
	var r Diagnostic
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *Diagnostic) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalActor(data []byte) (Actor, error) {
	var r Actor
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *Actor) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalModelInfo(data []byte) (ModelInfo, error) {
	var r ModelInfo
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ModelInfo) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

type Usd string

func UnmarshalUsd(data []byte) (Usd, error) {
	var r Usd
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *Usd) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalMessage(data []byte) (Message, error) {
	var r Message
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *Message) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalContentPart(data []byte) (ContentPart, error) {
	var r ContentPart
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ContentPart) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalAttachment(data []byte) (Attachment, error) {
	var r Attachment
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *Attachment) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalToolSpec(data []byte) (ToolSpec, error) {
	var r ToolSpec
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ToolSpec) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalUsage(data []byte) (Usage, error) {
	var r Usage
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *Usage) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalCost(data []byte) (Cost, error) {
	var r Cost
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *Cost) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalPromptStep(data []byte) (PromptStep, error) {
	var r PromptStep
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *PromptStep) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalError(data []byte) (Error, error) {
	var r Error
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *Error) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalErrorData(data []byte) (ErrorData, error) {
	var r ErrorData
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ErrorData) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalPartial(data []byte) (Partial, error) {
	var r Partial
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *Partial) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHistoryFilter(data []byte) (HistoryFilter, error) {
	var r HistoryFilter
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HistoryFilter) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalDelta(data []byte) (Delta, error) {
	var r Delta
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *Delta) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalInitializeParams(data []byte) (InitializeParams, error) {
	var r InitializeParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *InitializeParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalInitializeResult(data []byte) (InitializeResult, error) {
	var r InitializeResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *InitializeResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalShutdownParams(data []byte) (ShutdownParams, error) {
	var r ShutdownParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ShutdownParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalPingParams(data []byte) (PingParams, error) {
	var r PingParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *PingParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalPingResult(data []byte) (PingResult, error) {
	var r PingResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *PingResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalRPCDiscoverParams(data []byte) (RPCDiscoverParams, error) {
	var r RPCDiscoverParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *RPCDiscoverParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

type RPCDiscoverResult map[string]interface{}

func UnmarshalRPCDiscoverResult(data []byte) (RPCDiscoverResult, error) {
	var r RPCDiscoverResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *RPCDiscoverResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmModelsParams(data []byte) (LlmModelsParams, error) {
	var r LlmModelsParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmModelsParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmModelsResult(data []byte) (LlmModelsResult, error) {
	var r LlmModelsResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmModelsResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmPromptParams(data []byte) (LlmPromptParams, error) {
	var r LlmPromptParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmPromptParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmPromptResult(data []byte) (LlmPromptResult, error) {
	var r LlmPromptResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmPromptResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmGroupOpenParams(data []byte) (LlmGroupOpenParams, error) {
	var r LlmGroupOpenParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmGroupOpenParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmGroupOpenResult(data []byte) (LlmGroupOpenResult, error) {
	var r LlmGroupOpenResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmGroupOpenResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmGroupCloseParams(data []byte) (LlmGroupCloseParams, error) {
	var r LlmGroupCloseParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmGroupCloseParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmGroupCloseResult(data []byte) (LlmGroupCloseResult, error) {
	var r LlmGroupCloseResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmGroupCloseResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmPurposesParams(data []byte) (LlmPurposesParams, error) {
	var r LlmPurposesParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmPurposesParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmPurposesResult(data []byte) (LlmPurposesResult, error) {
	var r LlmPurposesResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmPurposesResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmExplainParams(data []byte) (LlmExplainParams, error) {
	var r LlmExplainParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmExplainParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmExplainResult(data []byte) (LlmExplainResult, error) {
	var r LlmExplainResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmExplainResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmEmbedParams(data []byte) (LlmEmbedParams, error) {
	var r LlmEmbedParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmEmbedParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmEmbedResult(data []byte) (LlmEmbedResult, error) {
	var r LlmEmbedResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmEmbedResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookRegisterParams(data []byte) (HookRegisterParams, error) {
	var r HookRegisterParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookRegisterParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookRegisterResult(data []byte) (HookRegisterResult, error) {
	var r HookRegisterResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookRegisterResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookUnregisterParams(data []byte) (HookUnregisterParams, error) {
	var r HookUnregisterParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookUnregisterParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookUnregisterResult(data []byte) (HookUnregisterResult, error) {
	var r HookUnregisterResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookUnregisterResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalConversationListParams(data []byte) (ConversationListParams, error) {
	var r ConversationListParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ConversationListParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalConversationListResult(data []byte) (ConversationListResult, error) {
	var r ConversationListResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ConversationListResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalConversationReadParams(data []byte) (ConversationReadParams, error) {
	var r ConversationReadParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ConversationReadParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalConversationReadResult(data []byte) (ConversationReadResult, error) {
	var r ConversationReadResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ConversationReadResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalConversationDeleteParams(data []byte) (ConversationDeleteParams, error) {
	var r ConversationDeleteParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ConversationDeleteParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalSecretListParams(data []byte) (SecretListParams, error) {
	var r SecretListParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *SecretListParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalSecretListResult(data []byte) (SecretListResult, error) {
	var r SecretListResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *SecretListResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalSecretSetParams(data []byte) (SecretSetParams, error) {
	var r SecretSetParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *SecretSetParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalSecretSetResult(data []byte) (SecretSetResult, error) {
	var r SecretSetResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *SecretSetResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalSecretDeleteParams(data []byte) (SecretDeleteParams, error) {
	var r SecretDeleteParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *SecretDeleteParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalUsageSummaryParams(data []byte) (UsageSummaryParams, error) {
	var r UsageSummaryParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *UsageSummaryParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalUsageSummaryResult(data []byte) (UsageSummaryResult, error) {
	var r UsageSummaryResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *UsageSummaryResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHistoryListParams(data []byte) (HistoryListParams, error) {
	var r HistoryListParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HistoryListParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHistoryListResult(data []byte) (HistoryListResult, error) {
	var r HistoryListResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HistoryListResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHistoryReadParams(data []byte) (HistoryReadParams, error) {
	var r HistoryReadParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HistoryReadParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHistoryReadResult(data []byte) (HistoryReadResult, error) {
	var r HistoryReadResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HistoryReadResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalConfigReadParams(data []byte) (ConfigReadParams, error) {
	var r ConfigReadParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ConfigReadParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalConfigReadResult(data []byte) (ConfigReadResult, error) {
	var r ConfigReadResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ConfigReadResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalExitParams(data []byte) (ExitParams, error) {
	var r ExitParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ExitParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmACKParams(data []byte) (LlmACKParams, error) {
	var r LlmACKParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmACKParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalCancelRequestParams(data []byte) (CancelRequestParams, error) {
	var r CancelRequestParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *CancelRequestParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalSetTraceParams(data []byte) (SetTraceParams, error) {
	var r SetTraceParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *SetTraceParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookFilterModelsParams(data []byte) (HookFilterModelsParams, error) {
	var r HookFilterModelsParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookFilterModelsParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookFilterModelsResult(data []byte) (HookFilterModelsResult, error) {
	var r HookFilterModelsResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookFilterModelsResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookDefaultModelParams(data []byte) (HookDefaultModelParams, error) {
	var r HookDefaultModelParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookDefaultModelParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookDefaultModelResult(data []byte) (HookDefaultModelResult, error) {
	var r HookDefaultModelResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookDefaultModelResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookPromptStartParams(data []byte) (HookPromptStartParams, error) {
	var r HookPromptStartParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookPromptStartParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookPromptStartResult(data []byte) (HookPromptStartResult, error) {
	var r HookPromptStartResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookPromptStartResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookPromptEndParams(data []byte) (HookPromptEndParams, error) {
	var r HookPromptEndParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookPromptEndParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookPromptEndResult(data []byte) (HookPromptEndResult, error) {
	var r HookPromptEndResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookPromptEndResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookGroupExitParams(data []byte) (HookGroupExitParams, error) {
	var r HookGroupExitParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookGroupExitParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalHookGroupExitResult(data []byte) (HookGroupExitResult, error) {
	var r HookGroupExitResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *HookGroupExitResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalToolCallParams(data []byte) (ToolCallParams, error) {
	var r ToolCallParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ToolCallParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalToolCallResult(data []byte) (ToolCallResult, error) {
	var r ToolCallResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ToolCallResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalSecretResolveParams(data []byte) (SecretResolveParams, error) {
	var r SecretResolveParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *SecretResolveParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalSecretResolveResult(data []byte) (SecretResolveResult, error) {
	var r SecretResolveResult
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *SecretResolveResult) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmDeltaParams(data []byte) (LlmDeltaParams, error) {
	var r LlmDeltaParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmDeltaParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLlmModelsChangedParams(data []byte) (LlmModelsChangedParams, error) {
	var r LlmModelsChangedParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LlmModelsChangedParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalConfigDiagnosticsParams(data []byte) (ConfigDiagnosticsParams, error) {
	var r ConfigDiagnosticsParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ConfigDiagnosticsParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalLogTraceParams(data []byte) (LogTraceParams, error) {
	var r LogTraceParams
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *LogTraceParams) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalClientMessage(data []byte) (ClientMessage, error) {
	var r ClientMessage
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ClientMessage) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

func UnmarshalServerMessage(data []byte) (ServerMessage, error) {
	var r ServerMessage
	err := json.Unmarshal(data, &r)
	return r, err
}

func (r *ServerMessage) Marshal() ([]byte, error) {
	return json.Marshal(r)
}

type InitializeParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	// What the host can answer.
	Capabilities *InitializeParamsCapabilities `json:"capabilities,omitempty"`
	ClientInfo   ClientInfo                    `json:"clientInfo"`
	// Registered with the handshake, all before the first call.
	Hooks  []HookRegistration      `json:"hooks,omitempty"`
	Limits *InitializeParamsLimits `json:"limits,omitempty"`
	// The sidecar ends when this process is gone.
	ParentProcessID *int64 `json:"parentProcessId,omitempty"`
	// The versions the host understands.
	ProtocolVersion ProtocolVersion `json:"protocolVersion"`
	// The first registration of a name wins.
	Purposes []InitializeParamsPurpose `json:"purposes,omitempty"`
	// Over --socket: the value of LLM_SIDECAR_SOCKET_TOKEN. Elsewhere it is not looked at.
	Token *string `json:"token,omitempty"`
	Trace *Trace  `json:"trace,omitempty"`
}

// What the host can answer.
type InitializeParamsCapabilities struct {
	Experimental map[string]interface{} `json:"experimental,omitempty"`
	Hooks        *PurpleHooks           `json:"hooks,omitempty"`
	Secrets      map[string]interface{} `json:"secrets,omitempty"`
	Tools        map[string]interface{} `json:"tools,omitempty"`
}

type PurpleHooks struct {
	DynamicRegistration map[string]interface{} `json:"dynamicRegistration,omitempty"`
}

type ClientInfo struct {
	Language *string `json:"language,omitempty"`
	Name     string  `json:"name"`
	Version  string  `json:"version"`
}

type HookRegistration struct {
	// Chosen by the host. promptStart and promptEnd of one id belong together: `state` goes
	// from one to the other.
	ID string `json:"id"`
	// What the requests carry besides the names. Default: none of it.
	Include []string `json:"include,omitempty"`
	// Where it applies; looked at in the sidecar, so it costs no round trip elsewhere.
	Match *Match `json:"match,omitempty"`
	// Default: fail for filterModels, defaultModel and promptStart; skip for promptEnd and
	// groupExit.
	OnFailure *OnFailure `json:"onFailure,omitempty"`
	// Lower comes first; default 0. Then plugins before the host, then as registered.
	Order *float64 `json:"order,omitempty"`
	Point string   `json:"point"`
	// Default 30000.
	TimeoutMS *int64 `json:"timeoutMs,omitempty"`
}

// Where it applies; looked at in the sidecar, so it costs no round trip elsewhere.
type Match struct {
	Models   []string `json:"models,omitempty"`
	Purposes []string `json:"purposes,omitempty"`
}

type InitializeParamsLimits struct {
	// The largest message the host accepts.
	MaxMessageBytes *int64 `json:"maxMessageBytes,omitempty"`
	// The largest llm/delta the host wants. Default 32768.
	MaxNotificationBytes *int64 `json:"maxNotificationBytes,omitempty"`
}

// The versions the host understands.
type ProtocolVersion struct {
	Max int64 `json:"max"`
	Min int64 `json:"min"`
}

type InitializeParamsPurpose struct {
	Description *string `json:"description,omitempty"`
	Name        string  `json:"name"`
}

type InitializeResult struct {
	Meta            map[string]interface{}       `json:"_meta,omitempty"`
	Capabilities    InitializeResultCapabilities `json:"capabilities"`
	Config          Config                       `json:"config"`
	Hooks           []HookRegistrationResult     `json:"hooks"`
	InstanceID      string                       `json:"instanceId"`
	Limits          InitializeResultLimits       `json:"limits"`
	ProtocolVersion int64                        `json:"protocolVersion"`
	Schema          Schema                       `json:"schema"`
	ServerInfo      ServerInfo                   `json:"serverInfo"`
}

type InitializeResultCapabilities struct {
	Conversations map[string]interface{} `json:"conversations,omitempty"`
	Experimental  map[string]interface{} `json:"experimental,omitempty"`
	Groups        map[string]interface{} `json:"groups,omitempty"`
	Hooks         *FluffyHooks           `json:"hooks,omitempty"`
	Prompt        Prompt                 `json:"prompt"`
	Secrets       map[string]interface{} `json:"secrets,omitempty"`
	Usage         map[string]interface{} `json:"usage,omitempty"`
}

type FluffyHooks struct {
	DynamicRegistration map[string]interface{} `json:"dynamicRegistration,omitempty"`
	Points              []string               `json:"points"`
}

type Prompt struct {
	ACK    map[string]interface{} `json:"ack,omitempty"`
	Chain  map[string]interface{} `json:"chain,omitempty"`
	Stream map[string]interface{} `json:"stream,omitempty"`
}

type Config struct {
	Diagnostics []Diagnostic `json:"diagnostics"`
	Path        *string      `json:"path"`
}

type Diagnostic struct {
	// Stable, for programs: unknownKey, wrongType, unknownModel …
	Code string `json:"code"`
	// For people; says what to do.
	Message string `json:"message"`
	// The path of the key: purposes.chat.model
	Path     string   `json:"path"`
	Range    *Range   `json:"range,omitempty"`
	Severity Severity `json:"severity"`
	// The file.
	Source string `json:"source"`
}

type Range struct {
	End   End   `json:"end"`
	Start Start `json:"start"`
}

type End struct {
	// From 0, in UTF-16 code units, as language servers count.
	Character int64 `json:"character"`
	// From 0.
	Line int64 `json:"line"`
}

type Start struct {
	// From 0, in UTF-16 code units, as language servers count.
	Character int64 `json:"character"`
	// From 0.
	Line int64 `json:"line"`
}

type HookRegistrationResult struct {
	ID     string                       `json:"id"`
	Reason *string                      `json:"reason,omitempty"`
	Status HookRegistrationResultStatus `json:"status"`
}

type InitializeResultLimits struct {
	MaxConcurrentPrompts int64 `json:"maxConcurrentPrompts"`
	MaxMessageBytes      int64 `json:"maxMessageBytes"`
}

type Schema struct {
	// Of the OpenRPC document that rpc.discover gives.
	Sha256 string `json:"sha256"`
}

type ServerInfo struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type ShutdownParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
}

type PingParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
}

type PingResult struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
}

type RPCDiscoverParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
}

type LlmModelsParams struct {
	Meta  map[string]interface{} `json:"_meta,omitempty"`
	Actor *Actor                 `json:"actor,omitempty"`
	// Also those that may not be used, each with the reason.
	IncludeUnavailable *bool   `json:"includeUnavailable,omitempty"`
	Purpose            *string `json:"purpose,omitempty"`
}

// On whose behalf the call is made; null for nobody in particular.
type Actor struct {
	ID *string `json:"id,omitempty"`
}

type LlmModelsResult struct {
	Meta    map[string]interface{} `json:"_meta,omitempty"`
	Default *string                `json:"default"`
	// The default first, then in the order of the configuration, then of the catalogue.
	Models []ModelInfo `json:"models"`
}

type ModelInfo struct {
	Aliases   []string `json:"aliases"`
	Available bool     `json:"available"`
	// Tokens.
	ContextWindow *int64   `json:"contextWindow,omitempty"`
	Features      Features `json:"features"`
	// The canonical id: what every other message calls this model.
	ID string `json:"id"`
	// The model that a prompt with this purpose and no model id would use.
	IsDefault bool `json:"isDefault"`
	// Where the key was found.
	KeySource *string `json:"keySource,omitempty"`
	// Tokens.
	MaxOutputTokens *int64 `json:"maxOutputTokens,omitempty"`
	// For people.
	Name *string `json:"name,omitempty"`
	// The name of the key in keys.json; null: needs none.
	NeedsKey *string `json:"needsKey"`
	// JSON Schema of `options` for this model.
	OptionsSchema     map[string]interface{} `json:"optionsSchema,omitempty"`
	Price             *ModelInfoPrice        `json:"price,omitempty"`
	Provider          string                 `json:"provider"`
	UnavailableReason *string                `json:"unavailableReason,omitempty"`
}

type Features struct {
	// Media types it takes.
	Attachments []string               `json:"attachments,omitempty"`
	Embed       map[string]interface{} `json:"embed,omitempty"`
	Reasoning   map[string]interface{} `json:"reasoning,omitempty"`
	Schema      map[string]interface{} `json:"schema,omitempty"`
	Stream      map[string]interface{} `json:"stream,omitempty"`
	Tools       map[string]interface{} `json:"tools,omitempty"`
}

type ModelInfoPrice struct {
	CacheReadUsdPerMillion  *string `json:"cacheReadUsdPerMillion,omitempty"`
	CacheWriteUsdPerMillion *string `json:"cacheWriteUsdPerMillion,omitempty"`
	InputUsdPerMillion      string  `json:"inputUsdPerMillion"`
	OutputUsdPerMillion     string  `json:"outputUsdPerMillion"`
}

type LlmPromptParams struct {
	Meta        map[string]interface{} `json:"_meta,omitempty"`
	Actor       *Actor                 `json:"actor,omitempty"`
	Attachments []Attachment           `json:"attachments,omitempty"`
	// Continues the conversation that the sidecar keeps under this id, or begins one.
	ConversationID *string `json:"conversationId,omitempty"`
	GroupID        *string `json:"groupId,omitempty"`
	// The most responses of the model in a chain of tool calls. Default 10.
	MaxSteps *int64    `json:"maxSteps,omitempty"`
	Messages []Message `json:"messages,omitempty"`
	// The host's own, handed to hooks and the history.
	Metadata map[string]interface{} `json:"metadata,omitempty"`
	Model    *string                `json:"model,omitempty"`
	// Leave `text` and `messages` out of the result: the host has them from the deltas.
	OmitContent *bool `json:"omitContent,omitempty"`
	// Checked against the model's optionsSchema.
	Options map[string]interface{} `json:"options,omitempty"`
	// `prompt`, or `messages`, or `messages` followed by `prompt` as a new turn.
	Prompt *string `json:"prompt,omitempty"`
	// Chosen by the host, unique in flight. Required with `stream`.
	PromptID *string `json:"promptId,omitempty"`
	Purpose  *string `json:"purpose,omitempty"`
	// JSON Schema the answer must satisfy.
	Schema map[string]interface{} `json:"schema,omitempty"`
	// Ask for llm/delta notifications.
	Stream     *LlmPromptParamsStream     `json:"stream,omitempty"`
	System     *string                    `json:"system,omitempty"`
	TimeoutMS  *int64                     `json:"timeoutMs,omitempty"`
	ToolChoice *LlmPromptParamsToolChoice `json:"toolChoice,omitempty"`
	// Tools of plugins and MCP servers: `name`, `server/name`, `server/*`.
	ToolNames []string   `json:"toolNames,omitempty"`
	Tools     []ToolSpec `json:"tools,omitempty"`
}

// Exactly one of data, url and path.
type Attachment struct {
	// The content, base64.
	Data *string `json:"data,omitempty"`
	// For example image/png; detected from the content or the name when left out.
	MediaType *string `json:"mediaType,omitempty"`
	// A file the sidecar can read.
	Path *string `json:"path,omitempty"`
	Type Type    `json:"type"`
	URL  *string `json:"url,omitempty"`
}

// One turn of a conversation.
type Message struct {
	Meta    map[string]interface{} `json:"_meta,omitempty"`
	Content *Content               `json:"content"`
	// Opaque values of the provider (ids, signatures) that the next turn has to carry back
	// unchanged.
	ProviderMetadata interface{} `json:"providerMetadata,omitempty"`
	Role             string      `json:"role"`
}

// One part of a message. Parts whose type begins with _ are extensions.
//
// Exactly one of data, url and path.
type ContentPart struct {
	// Opaque values of the provider (ids, signatures) that the next turn has to carry back
	// unchanged.
	ProviderMetadata interface{}   `json:"providerMetadata,omitempty"`
	Text             *string       `json:"text,omitempty"`
	Type             string        `json:"type"`
	Redacted         *bool         `json:"redacted,omitempty"`
	Signature        *string       `json:"signature,omitempty"`
	Args             interface{}   `json:"args,omitempty"`
	Name             *string       `json:"name,omitempty"`
	ToolCallID       *string       `json:"toolCallId,omitempty"`
	Content          []ContentPart `json:"content,omitempty"`
	IsError          *bool         `json:"isError,omitempty"`
	// The content, base64.
	Data *string `json:"data,omitempty"`
	// For example image/png; detected from the content or the name when left out.
	MediaType *string `json:"mediaType,omitempty"`
	// A file the sidecar can read.
	Path *string `json:"path,omitempty"`
	URL  *string `json:"url,omitempty"`
}

// Ask for llm/delta notifications.
type LlmPromptParamsStream struct {
	// Delta types wanted besides the text. Default: all.
	Include []string `json:"include,omitempty"`
	// Fewer, larger notifications: at most one in this time. Default 0.
	IntervalMS *int64 `json:"intervalMs,omitempty"`
	// At most this many llm/delta not yet acknowledged by llm/ack.
	Window *int64 `json:"window,omitempty"`
}

type PurpleToolChoice struct {
	Name string `json:"name"`
}

// A function the model may call.
type ToolSpec struct {
	Description *string `json:"description,omitempty"`
	// JSON Schema of the arguments.
	InputSchema map[string]interface{} `json:"inputSchema"`
	Name        string                 `json:"name"`
}

type LlmPromptResult struct {
	Meta           map[string]interface{} `json:"_meta,omitempty"`
	ConversationID *string                `json:"conversationId,omitempty"`
	Cost           Cost                   `json:"cost"`
	KeySource      *string                `json:"keySource,omitempty"`
	// What was sent plus what came back: enough to continue. Absent with `omitContent`.
	Messages []Message `json:"messages,omitempty"`
	Model    string    `json:"model"`
	// With `schema`: the answer, parsed and validated.
	Parsed   interface{}  `json:"parsed,omitempty"`
	PromptID string       `json:"promptId"`
	Steps    []PromptStep `json:"steps"`
	// `interrupted` and `cancelled`: the content is partial, not a success.
	StopReason string                 `json:"stopReason"`
	Stream     *LlmPromptResultStream `json:"stream,omitempty"`
	// All text parts joined; absent with `omitContent`.
	Text   *string `json:"text,omitempty"`
	Timing Timing  `json:"timing"`
	Usage  Usage   `json:"usage"`
}

// Of the responses whose cost is known.
type Cost struct {
	// The row of the price list that was used.
	PriceID *string `json:"priceId,omitempty"`
	Source  Source  `json:"source"`
	// null: unknown. Never zero for an unknown price.
	Usd *string `json:"usd"`
}

// One response of the model; a chain of tool calls has several.
type PromptStep struct {
	Content []ContentPart `json:"content,omitempty"`
	Cost    Cost          `json:"cost"`
	// Why it did not end well, where a fallback was asked in its place. Its content is
	// discarded.
	Failure *PromptStepFailure `json:"failure,omitempty"`
	Model   string             `json:"model"`
	// The provider's id of the response.
	ResponseID  *string       `json:"responseId,omitempty"`
	StopReason  string        `json:"stopReason"`
	ToolResults []ContentPart `json:"toolResults,omitempty"`
	Usage       Usage         `json:"usage"`
}

// Why it did not end well, where a fallback was asked in its place. Its content is
// discarded.
type PromptStepFailure struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

type Usage struct {
	// Part of inputTokens.
	CacheReadTokens *int64 `json:"cacheReadTokens,omitempty"`
	// Part of inputTokens.
	CacheWriteTokens *int64 `json:"cacheWriteTokens,omitempty"`
	// All prompt tokens, cached ones included; null: the provider did not say.
	InputTokens *int64 `json:"inputTokens"`
	// All generated tokens, reasoning included; null: the provider did not say.
	OutputTokens *int64 `json:"outputTokens"`
	// The provider's own usage object, as it came.
	Raw interface{} `json:"raw,omitempty"`
	// Part of outputTokens.
	ReasoningTokens *int64 `json:"reasoningTokens,omitempty"`
}

type LlmPromptResultStream struct {
	// -1: there was no delta.
	LastSeq int64 `json:"lastSeq"`
	// UTF-8 bytes of all text.
	TextBytes int64 `json:"textBytes"`
}

type Timing struct {
	DurationMS   float64  `json:"durationMs"`
	FirstDeltaMS *float64 `json:"firstDeltaMs,omitempty"`
	// ISO 8601, UTC.
	StartedAt string `json:"startedAt"`
}

type LlmGroupOpenParams struct {
	Meta  map[string]interface{} `json:"_meta,omitempty"`
	Actor *Actor                 `json:"actor,omitempty"`
	// Chosen by the host, or given in the result.
	GroupID  *string                `json:"groupId,omitempty"`
	Metadata map[string]interface{} `json:"metadata,omitempty"`
	Model    *string                `json:"model,omitempty"`
	Purpose  *string                `json:"purpose,omitempty"`
	// What it holds of its budgets for its prompts. Default: what the configuration says.
	ReserveUsd *string `json:"reserveUsd,omitempty"`
}

type LlmGroupOpenResult struct {
	Meta    map[string]interface{} `json:"_meta,omitempty"`
	GroupID string                 `json:"groupId"`
	// What prompts of the group use unless they name another; null: no default is configured.
	Model *string `json:"model"`
}

type LlmGroupCloseParams struct {
	Meta    map[string]interface{} `json:"_meta,omitempty"`
	GroupID string                 `json:"groupId"`
	// wait (default): until every response is complete; cancel: stop them.
	Mode *string `json:"mode,omitempty"`
	// After this, `wait` becomes `cancel`.
	TimeoutMS *int64 `json:"timeoutMs,omitempty"`
}

type LlmGroupCloseResult struct {
	Meta      map[string]interface{}        `json:"_meta,omitempty"`
	Cost      Cost                          `json:"cost"`
	ExitHooks ExitHooks                     `json:"exitHooks"`
	GroupID   string                        `json:"groupId"`
	Responses []LlmGroupCloseResultResponse `json:"responses"`
	Usage     Usage                         `json:"usage"`
}

type ExitHooks struct {
	Failed []Failed `json:"failed"`
	Ran    int64    `json:"ran"`
}

type Failed struct {
	Message        string `json:"message"`
	RegistrationID string `json:"registrationId"`
}

type LlmGroupCloseResultResponse struct {
	Cost     Cost           `json:"cost"`
	Error    *Error         `json:"error,omitempty"`
	PromptID string         `json:"promptId"`
	Status   ResponseStatus `json:"status"`
	Usage    Usage          `json:"usage"`
}

type Error struct {
	Code    int64      `json:"code"`
	Data    *ErrorData `json:"data,omitempty"`
	Message string     `json:"message"`
}

type ErrorData struct {
	// What a hook said with its refusal.
	Data interface{} `json:"data,omitempty"`
	// Also on stderr, next to the details that do not cross the wire.
	ErrorID *string `json:"errorId,omitempty"`
	// What is wrong with the params.
	Issues   []Issue        `json:"issues,omitempty"`
	Kind     string         `json:"kind"`
	Limit    interface{}    `json:"limit,omitempty"`
	Partial  *Partial       `json:"partial,omitempty"`
	Provider *ProviderClass `json:"provider,omitempty"`
	// The hook that refused or failed.
	RegistrationID *string `json:"registrationId,omitempty"`
	// What is missing: a capability, a key, a setting.
	Required interface{} `json:"required,omitempty"`
	// The same call may succeed later.
	Retryable    bool     `json:"retryable"`
	RetryAfterMS *int64   `json:"retryAfterMs,omitempty"`
	Suggestions  []string `json:"suggestions,omitempty"`
}

type Issue struct {
	Message string `json:"message"`
	Path    string `json:"path"`
}

type Partial struct {
	Content []ContentPart `json:"content"`
	Cost    Cost          `json:"cost"`
	// The `seq` of the last llm/delta; absent when there was none.
	LastSeq *int64 `json:"lastSeq,omitempty"`
	Usage   Usage  `json:"usage"`
}

type ProviderClass struct {
	Name      string  `json:"name"`
	RequestID *string `json:"requestId,omitempty"`
	Status    *int64  `json:"status,omitempty"`
}

type LlmPurposesParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
}

type LlmPurposesResult struct {
	Meta     map[string]interface{}     `json:"_meta,omitempty"`
	Purposes []LlmPurposesResultPurpose `json:"purposes"`
}

type LlmPurposesResultPurpose struct {
	BlockedModels []string `json:"blockedModels,omitempty"`
	Description   *string  `json:"description,omitempty"`
	Model         *string  `json:"model,omitempty"`
	Models        []string `json:"models,omitempty"`
	Name          string   `json:"name"`
	// Or a plugin's name.
	RegisteredBy string `json:"registeredBy"`
}

type LlmExplainParams struct {
	Meta        map[string]interface{} `json:"_meta,omitempty"`
	Actor       *Actor                 `json:"actor,omitempty"`
	Attachments []Attachment           `json:"attachments,omitempty"`
	// Continues the conversation that the sidecar keeps under this id, or begins one.
	ConversationID *string `json:"conversationId,omitempty"`
	GroupID        *string `json:"groupId,omitempty"`
	// The most responses of the model in a chain of tool calls. Default 10.
	MaxSteps *int64    `json:"maxSteps,omitempty"`
	Messages []Message `json:"messages,omitempty"`
	// The host's own, handed to hooks and the history.
	Metadata map[string]interface{} `json:"metadata,omitempty"`
	Model    *string                `json:"model,omitempty"`
	// Leave `text` and `messages` out of the result: the host has them from the deltas.
	OmitContent *bool `json:"omitContent,omitempty"`
	// Checked against the model's optionsSchema.
	Options map[string]interface{} `json:"options,omitempty"`
	// `prompt`, or `messages`, or `messages` followed by `prompt` as a new turn.
	Prompt *string `json:"prompt,omitempty"`
	// Chosen by the host, unique in flight. Required with `stream`.
	PromptID *string `json:"promptId,omitempty"`
	Purpose  *string `json:"purpose,omitempty"`
	// JSON Schema the answer must satisfy.
	Schema map[string]interface{} `json:"schema,omitempty"`
	// Ask for llm/delta notifications.
	Stream     *LlmExplainParamsStream     `json:"stream,omitempty"`
	System     *string                     `json:"system,omitempty"`
	TimeoutMS  *int64                      `json:"timeoutMs,omitempty"`
	ToolChoice *LlmExplainParamsToolChoice `json:"toolChoice,omitempty"`
	// Tools of plugins and MCP servers: `name`, `server/name`, `server/*`.
	ToolNames []string   `json:"toolNames,omitempty"`
	Tools     []ToolSpec `json:"tools,omitempty"`
}

// Ask for llm/delta notifications.
type LlmExplainParamsStream struct {
	// Delta types wanted besides the text. Default: all.
	Include []string `json:"include,omitempty"`
	// Fewer, larger notifications: at most one in this time. Default 0.
	IntervalMS *int64 `json:"intervalMs,omitempty"`
	// At most this many llm/delta not yet acknowledged by llm/ack.
	Window *int64 `json:"window,omitempty"`
}

type FluffyToolChoice struct {
	Name string `json:"name"`
}

type LlmExplainResult struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	// Those that count it.
	Budgets []Budget `json:"budgets,omitempty"`
	// What each filter says of the model, in the order in which they are asked.
	Considered []Considered             `json:"considered"`
	Failure    *LlmExplainResultFailure `json:"failure,omitempty"`
	// The models that would be asked if it failed, in order; `failure`: it would be passed
	// over, and why.
	Fallbacks []Fallback `json:"fallbacks,omitempty"`
	// Those that would take part.
	Hooks []Hook `json:"hooks"`
	Key   *Key   `json:"key,omitempty"`
	// How much its provider is sent at most. Absent: as much as there is. What is absent in it
	// has no limit.
	Limits *LlmExplainResultLimits `json:"limits,omitempty"`
	// null: the prompt would fail; `failure` says why.
	Model *string `json:"model"`
	// In force: of the model, the purpose and the request.
	Options map[string]interface{} `json:"options,omitempty"`
	// null: unknown.
	Price *LlmExplainResultPrice `json:"price,omitempty"`
	// Who named the model.
	Reason      *string      `json:"reason,omitempty"`
	Reservation *Reservation `json:"reservation,omitempty"`
	System      *string      `json:"system,omitempty"`
	Tools       []string     `json:"tools,omitempty"`
	// The model that it came to, also when that may not be used.
	Wanted *string `json:"wanted,omitempty"`
}

type Budget struct {
	// For this prompt.
	HasRoom  bool   `json:"hasRoom"`
	LeftUsd  string `json:"leftUsd"`
	LimitUsd string `json:"limitUsd"`
	Name     string `json:"name"`
	Per      string `json:"per"`
	// Held by calls that are running.
	ReservedUsd string `json:"reservedUsd"`
	SpentUsd    string `json:"spentUsd"`
	// When it begins anew; null: never.
	WindowEnd   *string `json:"windowEnd"`
	WindowStart string  `json:"windowStart"`
}

type Considered struct {
	// `config`, or the id of a filter hook.
	By      string  `json:"by"`
	Detail  *string `json:"detail,omitempty"`
	Verdict string  `json:"verdict"`
}

type LlmExplainResultFailure struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

type Fallback struct {
	Failure *FallbackFailure `json:"failure,omitempty"`
	Model   string           `json:"model"`
}

type FallbackFailure struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

type Hook struct {
	ID           string `json:"id"`
	Point        string `json:"point"`
	RegisteredBy string `json:"registeredBy"`
}

type Key struct {
	// Named secrets that are not set.
	Missed []string `json:"missed"`
	// The secret, keys.json entry or variable it was found under. Never its value.
	Name   *string `json:"name,omitempty"`
	Needed bool    `json:"needed"`
	Source *string `json:"source,omitempty"`
}

// How much its provider is sent at most. Absent: as much as there is. What is absent in it
// has no limit.
type LlmExplainResultLimits struct {
	// Requests at a time.
	MaxConcurrent *int64 `json:"maxConcurrent,omitempty"`
	// Requests that may wait for their turn; one more is refused.
	MaxWaiting int64 `json:"maxWaiting"`
	// How long each may wait.
	MaxWaitMS         int64  `json:"maxWaitMs"`
	Provider          string `json:"provider"`
	RequestsPerMinute *int64 `json:"requestsPerMinute,omitempty"`
	TokensPerMinute   *int64 `json:"tokensPerMinute,omitempty"`
}

type LlmExplainResultPrice struct {
	CacheReadUsdPerMillion  *string `json:"cacheReadUsdPerMillion,omitempty"`
	CacheWriteUsdPerMillion *string `json:"cacheWriteUsdPerMillion,omitempty"`
	InputUsdPerMillion      string  `json:"inputUsdPerMillion"`
	OutputUsdPerMillion     string  `json:"outputUsdPerMillion"`
	PriceID                 string  `json:"priceId"`
}

type Reservation struct {
	// bound: the most that it can cost.
	Source string `json:"source"`
	// What it would hold of its budgets while it runs; null: the price is unknown.
	Usd *string `json:"usd"`
}

type LlmEmbedParams struct {
	Meta      map[string]interface{} `json:"_meta,omitempty"`
	Actor     *Actor                 `json:"actor,omitempty"`
	GroupID   *string                `json:"groupId,omitempty"`
	Input     []string               `json:"input"`
	Metadata  map[string]interface{} `json:"metadata,omitempty"`
	Model     *string                `json:"model,omitempty"`
	Options   map[string]interface{} `json:"options,omitempty"`
	Purpose   *string                `json:"purpose,omitempty"`
	TimeoutMS *int64                 `json:"timeoutMs,omitempty"`
}

type LlmEmbedResult struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	Cost Cost                   `json:"cost"`
	// One vector for each input, in its order.
	Embeddings [][]float64 `json:"embeddings"`
	KeySource  *string     `json:"keySource,omitempty"`
	Model      string      `json:"model"`
	Usage      Usage       `json:"usage"`
}

type HookRegisterParams struct {
	Meta  map[string]interface{} `json:"_meta,omitempty"`
	Hooks []HookRegistration     `json:"hooks"`
}

type HookRegisterResult struct {
	Meta  map[string]interface{}   `json:"_meta,omitempty"`
	Hooks []HookRegistrationResult `json:"hooks"`
}

type HookUnregisterParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	IDS  []string               `json:"ids"`
}

type HookUnregisterResult struct {
	Meta         map[string]interface{} `json:"_meta,omitempty"`
	Unregistered []string               `json:"unregistered"`
}

type ConversationListParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	// Only those used before this moment (ISO 8601): `updatedAt` of the last one of the page
	// before.
	Before *string `json:"before,omitempty"`
	// Default 100.
	Limit *int64 `json:"limit,omitempty"`
}

type ConversationListResult struct {
	Meta          map[string]interface{} `json:"_meta,omitempty"`
	Conversations []Conversation         `json:"conversations"`
}

type Conversation struct {
	ID        string `json:"id"`
	Model     string `json:"model"`
	Name      string `json:"name"`
	Turns     int64  `json:"turns"`
	UpdatedAt string `json:"updatedAt"`
}

type ConversationReadParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	ID   string                 `json:"id"`
}

type ConversationReadResult struct {
	Meta     map[string]interface{} `json:"_meta,omitempty"`
	ID       string                 `json:"id"`
	Messages []Message              `json:"messages"`
	Model    string                 `json:"model"`
}

type ConversationDeleteParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	ID   string                 `json:"id"`
}

type SecretListParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
}

type SecretListResult struct {
	Meta    map[string]interface{} `json:"_meta,omitempty"`
	Secrets []Secret               `json:"secrets"`
	Store   *Store                 `json:"store,omitempty"`
}

type Secret struct {
	Description *string `json:"description,omitempty"`
	LastUsedAt  *string `json:"lastUsedAt,omitempty"`
	Name        string  `json:"name"`
	Note        *string `json:"note,omitempty"`
	// Where to obtain one.
	ObtainURL *string `json:"obtainUrl,omitempty"`
	// environment: a variable has it, which comes before the store.
	State     string  `json:"state"`
	UpdatedAt *string `json:"updatedAt,omitempty"`
	UpdatedBy *string `json:"updatedBy,omitempty"`
	// Of the store; the highest is in use.
	Version *int64 `json:"version,omitempty"`
}

type Store struct {
	// Why it is not on, and what to do.
	Message *string `json:"message,omitempty"`
	State   string  `json:"state"`
}

type SecretSetParams struct {
	Meta  map[string]interface{} `json:"_meta,omitempty"`
	Actor *Actor                 `json:"actor,omitempty"`
	Name  string                 `json:"name"`
	Note  *string                `json:"note,omitempty"`
	// Blank is as good as absent.
	Value *string `json:"value,omitempty"`
}

type SecretSetResult struct {
	Meta    map[string]interface{} `json:"_meta,omitempty"`
	Version int64                  `json:"version"`
}

type SecretDeleteParams struct {
	Meta  map[string]interface{} `json:"_meta,omitempty"`
	Actor *Actor                 `json:"actor,omitempty"`
	Name  string                 `json:"name"`
}

type UsageSummaryParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	// None: one row for all.
	By     []By           `json:"by,omitempty"`
	Filter *HistoryFilter `json:"filter,omitempty"`
	// ISO 8601, or a day YYYY-MM-DD of the time zone of the configuration; it is included.
	From *string `json:"from,omitempty"`
	// As `from`; a moment is not included, a day is.
	To *string `json:"to,omitempty"`
}

type HistoryFilter struct {
	// The id of the actor.
	Actor          *string `json:"actor,omitempty"`
	ConversationID *string `json:"conversationId,omitempty"`
	Group          *string `json:"group,omitempty"`
	Model          *string `json:"model,omitempty"`
	Outcome        *string `json:"outcome,omitempty"`
	PromptID       *string `json:"promptId,omitempty"`
	Purpose        *string `json:"purpose,omitempty"`
}

type UsageSummaryResult struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	Rows []Row                  `json:"rows"`
}

type Row struct {
	// Of the responses whose cost is known.
	Cost Cost `json:"cost"`
	// By the names in `by`. A day is YYYY-MM-DD; "" is no purpose, nobody or no group.
	Key       map[string]string `json:"key"`
	Responses int64             `json:"responses"`
	// Responses whose cost is unknown and therefore not in it.
	Unpriced *int64 `json:"unpriced,omitempty"`
	Usage    Usage  `json:"usage"`
}

type HistoryListParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	// The `responseId` of the last one of the page before.
	Before *string        `json:"before,omitempty"`
	Filter *HistoryFilter `json:"filter,omitempty"`
	// Default 100.
	Limit *int64 `json:"limit,omitempty"`
	// Words that prompt or answer contain; needs `history: {content: true}`.
	Query *string `json:"query,omitempty"`
}

type HistoryListResult struct {
	Meta      map[string]interface{}      `json:"_meta,omitempty"`
	Responses []HistoryListResultResponse `json:"responses"`
}

type HistoryListResultResponse struct {
	// The id of the actor.
	Actor *string `json:"actor,omitempty"`
	// Counts from 0 within the step; those before the last one failed.
	Attempt        int64    `json:"attempt"`
	ConversationID *string  `json:"conversationId,omitempty"`
	Cost           Cost     `json:"cost"`
	DurationMS     *float64 `json:"durationMs,omitempty"`
	ErrorKind      *string  `json:"errorKind,omitempty"`
	// Around what was searched for.
	Excerpt      *string  `json:"excerpt,omitempty"`
	FirstDeltaMS *float64 `json:"firstDeltaMs,omitempty"`
	GroupID      *string  `json:"groupId,omitempty"`
	KeySource    *string  `json:"keySource,omitempty"`
	Kind         string   `json:"kind"`
	Model        string   `json:"model"`
	// lost: its sidecar was gone before it ended, and what was known by then is charged.
	Outcome    string  `json:"outcome"`
	PromptID   string  `json:"promptId"`
	Provider   string  `json:"provider"`
	Purpose    *string `json:"purpose,omitempty"`
	ResponseID string  `json:"responseId"`
	StartedAt  string  `json:"startedAt"`
	// Counts from 0 within the prompt.
	Step       int64   `json:"step"`
	StopReason *string `json:"stopReason,omitempty"`
	Usage      Usage   `json:"usage"`
}

type HistoryReadParams struct {
	Meta       map[string]interface{} `json:"_meta,omitempty"`
	ResponseID string                 `json:"responseId"`
}

type HistoryReadResult struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	// The id of the actor.
	Actor *string `json:"actor,omitempty"`
	// absent: not kept.
	Answer []ContentPart `json:"answer,omitempty"`
	// Counts from 0 within the step; those before the last one failed.
	Attempt        int64    `json:"attempt"`
	ConversationID *string  `json:"conversationId,omitempty"`
	Cost           Cost     `json:"cost"`
	DurationMS     *float64 `json:"durationMs,omitempty"`
	ErrorKind      *string  `json:"errorKind,omitempty"`
	FirstDeltaMS   *float64 `json:"firstDeltaMs,omitempty"`
	GroupID        *string  `json:"groupId,omitempty"`
	KeySource      *string  `json:"keySource,omitempty"`
	Kind           string   `json:"kind"`
	// What it was asked with that the response before it in its prompt was not; absent: not
	// kept.
	Messages []Message `json:"messages,omitempty"`
	Model    string    `json:"model"`
	// lost: its sidecar was gone before it ended, and what was known by then is charged.
	Outcome    string  `json:"outcome"`
	PromptID   string  `json:"promptId"`
	Provider   string  `json:"provider"`
	Purpose    *string `json:"purpose,omitempty"`
	ResponseID string  `json:"responseId"`
	StartedAt  string  `json:"startedAt"`
	// Counts from 0 within the prompt.
	Step       int64   `json:"step"`
	StopReason *string `json:"stopReason,omitempty"`
	System     *string `json:"system,omitempty"`
	Usage      Usage   `json:"usage"`
}

type ConfigReadParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
}

type ConfigReadResult struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	// The configuration in force. Secrets by name only; a value from `$env` is shown as its
	// variable.
	Config      interface{}  `json:"config"`
	Diagnostics []Diagnostic `json:"diagnostics"`
	Path        *string      `json:"path"`
}

type ExitParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
}

type LlmACKParams struct {
	Meta     map[string]interface{} `json:"_meta,omitempty"`
	PromptID string                 `json:"promptId"`
	Seq      int64                  `json:"seq"`
}

type CancelRequestParams struct {
	ID *ID `json:"id"`
}

type SetTraceParams struct {
	Meta  map[string]interface{} `json:"_meta,omitempty"`
	Value Trace                  `json:"value"`
}

type HookFilterModelsParams struct {
	Meta  map[string]interface{} `json:"_meta,omitempty"`
	Actor *Actor                 `json:"actor,omitempty"`
	// How many hooks deep the call is that asks, from 0. A handler that calls llm/* itself
	// gives it back as `_meta.depth`; at most 8.
	Depth          int64                  `json:"depth"`
	GroupID        *string                `json:"groupId,omitempty"`
	Metadata       map[string]interface{} `json:"metadata,omitempty"`
	Models         []ModelInfo            `json:"models"`
	PromptID       *string                `json:"promptId,omitempty"`
	Purpose        *string                `json:"purpose,omitempty"`
	RegistrationID string                 `json:"registrationId"`
	Step           *int64                 `json:"step,omitempty"`
}

type HookFilterModelsResult struct {
	Meta   map[string]interface{} `json:"_meta,omitempty"`
	Models []string               `json:"models"`
}

type HookDefaultModelParams struct {
	Meta  map[string]interface{} `json:"_meta,omitempty"`
	Actor *Actor                 `json:"actor,omitempty"`
	// How many hooks deep the call is that asks, from 0. A handler that calls llm/* itself
	// gives it back as `_meta.depth`; at most 8.
	Depth    int64                  `json:"depth"`
	GroupID  *string                `json:"groupId,omitempty"`
	Metadata map[string]interface{} `json:"metadata,omitempty"`
	// Those that may be used.
	Models         []string `json:"models"`
	PromptID       *string  `json:"promptId,omitempty"`
	Purpose        *string  `json:"purpose,omitempty"`
	RegistrationID string   `json:"registrationId"`
	Step           *int64   `json:"step,omitempty"`
}

type HookDefaultModelResult struct {
	Meta  map[string]interface{} `json:"_meta,omitempty"`
	Model *string                `json:"model"`
}

type HookPromptStartParams struct {
	Meta  map[string]interface{} `json:"_meta,omitempty"`
	Actor *Actor                 `json:"actor,omitempty"`
	// How many hooks deep the call is that asks, from 0. A handler that calls llm/* itself
	// gives it back as `_meta.depth`; at most 8.
	Depth   int64   `json:"depth"`
	GroupID *string `json:"groupId,omitempty"`
	// With include 'content'.
	Messages []Message              `json:"messages,omitempty"`
	Metadata map[string]interface{} `json:"metadata,omitempty"`
	Model    string                 `json:"model"`
	Options  map[string]interface{} `json:"options,omitempty"`
	// The text of the last user turn; with include 'content'.
	Prompt         *string `json:"prompt,omitempty"`
	PromptID       string  `json:"promptId"`
	Purpose        *string `json:"purpose,omitempty"`
	RegistrationID string  `json:"registrationId"`
	Step           int64   `json:"step"`
	// With include 'content'.
	System *string `json:"system,omitempty"`
}

type HookPromptStartResult struct {
	Meta   map[string]interface{} `json:"_meta,omitempty"`
	Action Action                 `json:"action"`
	Patch  *Patch                 `json:"patch,omitempty"`
	// Given back in hook/promptEnd, so that the host need not keep any.
	State  interface{} `json:"state,omitempty"`
	Data   interface{} `json:"data,omitempty"`
	Reason *string     `json:"reason,omitempty"`
}

type Patch struct {
	Options map[string]interface{} `json:"options,omitempty"`
	System  *string                `json:"system,omitempty"`
}

type HookPromptEndParams struct {
	Meta    map[string]interface{} `json:"_meta,omitempty"`
	Actor   *Actor                 `json:"actor,omitempty"`
	Content []ContentPart          `json:"content,omitempty"`
	Cost    Cost                   `json:"cost"`
	// How many hooks deep the call is that asks, from 0. A handler that calls llm/* itself
	// gives it back as `_meta.depth`; at most 8.
	Depth          int64                  `json:"depth"`
	DurationMS     float64                `json:"durationMs"`
	Error          *Error                 `json:"error,omitempty"`
	GroupID        *string                `json:"groupId,omitempty"`
	Metadata       map[string]interface{} `json:"metadata,omitempty"`
	Model          string                 `json:"model"`
	Outcome        string                 `json:"outcome"`
	PromptID       string                 `json:"promptId"`
	Purpose        *string                `json:"purpose,omitempty"`
	RegistrationID string                 `json:"registrationId"`
	State          interface{}            `json:"state,omitempty"`
	Step           int64                  `json:"step"`
	Usage          Usage                  `json:"usage"`
}

// null does as well.
type HookPromptEndResult struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
}

type HookGroupExitParams struct {
	Meta  map[string]interface{} `json:"_meta,omitempty"`
	Actor *Actor                 `json:"actor,omitempty"`
	Cost  Cost                   `json:"cost"`
	// How many hooks deep the call is that asks, from 0. A handler that calls llm/* itself
	// gives it back as `_meta.depth`; at most 8.
	Depth          int64                  `json:"depth"`
	GroupID        string                 `json:"groupId"`
	Metadata       map[string]interface{} `json:"metadata,omitempty"`
	PromptID       *string                `json:"promptId,omitempty"`
	Prompts        int64                  `json:"prompts"`
	Purpose        *string                `json:"purpose,omitempty"`
	Reason         string                 `json:"reason"`
	RegistrationID string                 `json:"registrationId"`
	Step           *int64                 `json:"step,omitempty"`
	Usage          Usage                  `json:"usage"`
}

// null does as well.
type HookGroupExitResult struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
}

type ToolCallParams struct {
	Meta       map[string]interface{} `json:"_meta,omitempty"`
	Actor      *Actor                 `json:"actor,omitempty"`
	Args       interface{}            `json:"args"`
	GroupID    *string                `json:"groupId,omitempty"`
	Name       string                 `json:"name"`
	PromptID   string                 `json:"promptId"`
	Step       int64                  `json:"step"`
	ToolCallID string                 `json:"toolCallId"`
}

type ToolCallResult struct {
	Meta    map[string]interface{} `json:"_meta,omitempty"`
	Content *Content               `json:"content"`
	Data    interface{}            `json:"data,omitempty"`
	// Goes to the model as a failure of the tool.
	IsError *bool `json:"isError,omitempty"`
	// Ends the prompt with `paused`: the chain goes on from its messages when the call has been
	// approved.
	Pause *bool `json:"pause,omitempty"`
}

type SecretResolveParams struct {
	Meta    map[string]interface{} `json:"_meta,omitempty"`
	Actor   *Actor                 `json:"actor,omitempty"`
	Name    string                 `json:"name"`
	Purpose *string                `json:"purpose,omitempty"`
}

type SecretResolveResult struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	// How long it may be used without being asked again. Default 0: for this call.
	TTLMS *int64 `json:"ttlMs,omitempty"`
	// null: the host does not have it.
	Value *string `json:"value"`
}

type LlmDeltaParams struct {
	Meta     map[string]interface{} `json:"_meta,omitempty"`
	Deltas   []Delta                `json:"deltas"`
	PromptID string                 `json:"promptId"`
	// 0, 1, 2 … without gaps.
	Seq int64 `json:"seq"`
}

// A response of the model begins.
//
// A part begins.
//
// Append to the part. toolArgs are raw JSON fragments, for display.
//
// The part is complete. `content` is authoritative for tool calls, attachments and
// signatures.
//
// A snapshot of the step so far; replaces the one before.
//
// Discard the parts from `fromPart` on.
//
// An extension; ignore it if unknown.
type Delta struct {
	Model      *string       `json:"model,omitempty"`
	Step       *int64        `json:"step,omitempty"`
	Type       string        `json:"type"`
	Kind       *string       `json:"kind,omitempty"`
	Name       *string       `json:"name,omitempty"`
	Part       *int64        `json:"part,omitempty"`
	ToolCallID *string       `json:"toolCallId,omitempty"`
	Text       *string       `json:"text,omitempty"`
	Content    *ContentUnion `json:"content,omitempty"`
	IsError    *bool         `json:"isError,omitempty"`
	Usage      *Usage        `json:"usage,omitempty"`
	FromPart   *int64        `json:"fromPart,omitempty"`
	Reason     *string       `json:"reason,omitempty"`
	Code       *string       `json:"code,omitempty"`
	Message    *string       `json:"message,omitempty"`
}

// Exactly one of data, url and path.
type ProtocolSchema struct {
	// Opaque values of the provider (ids, signatures) that the next turn has to carry back
	// unchanged.
	ProviderMetadata interface{}   `json:"providerMetadata,omitempty"`
	Text             *string       `json:"text,omitempty"`
	Type             string        `json:"type"`
	Redacted         *bool         `json:"redacted,omitempty"`
	Signature        *string       `json:"signature,omitempty"`
	Args             interface{}   `json:"args,omitempty"`
	Name             *string       `json:"name,omitempty"`
	ToolCallID       *string       `json:"toolCallId,omitempty"`
	Content          []ContentPart `json:"content,omitempty"`
	IsError          *bool         `json:"isError,omitempty"`
	// The content, base64.
	Data *string `json:"data,omitempty"`
	// For example image/png; detected from the content or the name when left out.
	MediaType *string `json:"mediaType,omitempty"`
	// A file the sidecar can read.
	Path *string `json:"path,omitempty"`
	URL  *string `json:"url,omitempty"`
}

type LlmModelsChangedParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
}

type ConfigDiagnosticsParams struct {
	Meta        map[string]interface{} `json:"_meta,omitempty"`
	Diagnostics []Diagnostic           `json:"diagnostics"`
	Path        *string                `json:"path"`
}

type LogTraceParams struct {
	Message string  `json:"message"`
	Verbose *string `json:"verbose,omitempty"`
}

type ClientMessage struct {
	ID      *ID                  `json:"id,omitempty"`
	Jsonrpc Jsonrpc              `json:"jsonrpc"`
	Method  ClientMessageMethod  `json:"method"`
	Params  *ClientMessageParams `json:"params,omitempty"`
}

type ClientMessageParams struct {
	Meta map[string]interface{} `json:"_meta,omitempty"`
	// What the host can answer.
	Capabilities *InitializeParamsCapabilities `json:"capabilities,omitempty"`
	ClientInfo   *ClientInfo                   `json:"clientInfo,omitempty"`
	// Registered with the handshake, all before the first call.
	Hooks  []HookRegistration      `json:"hooks,omitempty"`
	Limits *InitializeParamsLimits `json:"limits,omitempty"`
	// The sidecar ends when this process is gone.
	ParentProcessID *int64 `json:"parentProcessId,omitempty"`
	// The versions the host understands.
	ProtocolVersion *ProtocolVersion `json:"protocolVersion,omitempty"`
	// The first registration of a name wins.
	Purposes []InitializeParamsPurpose `json:"purposes,omitempty"`
	// Over --socket: the value of LLM_SIDECAR_SOCKET_TOKEN. Elsewhere it is not looked at.
	Token *string `json:"token,omitempty"`
	Trace *Trace  `json:"trace,omitempty"`
	Actor *Actor  `json:"actor,omitempty"`
	// Also those that may not be used, each with the reason.
	IncludeUnavailable *bool        `json:"includeUnavailable,omitempty"`
	Purpose            *string      `json:"purpose,omitempty"`
	Attachments        []Attachment `json:"attachments,omitempty"`
	// Continues the conversation that the sidecar keeps under this id, or begins one.
	ConversationID *string `json:"conversationId,omitempty"`
	// Chosen by the host, or given in the result.
	GroupID *string `json:"groupId,omitempty"`
	// The most responses of the model in a chain of tool calls. Default 10.
	MaxSteps *int64    `json:"maxSteps,omitempty"`
	Messages []Message `json:"messages,omitempty"`
	// The host's own, handed to hooks and the history.
	Metadata map[string]interface{} `json:"metadata,omitempty"`
	Model    *string                `json:"model,omitempty"`
	// Leave `text` and `messages` out of the result: the host has them from the deltas.
	OmitContent *bool `json:"omitContent,omitempty"`
	// Checked against the model's optionsSchema.
	Options map[string]interface{} `json:"options,omitempty"`
	// `prompt`, or `messages`, or `messages` followed by `prompt` as a new turn.
	Prompt *string `json:"prompt,omitempty"`
	// Chosen by the host, unique in flight. Required with `stream`.
	PromptID *string `json:"promptId,omitempty"`
	// JSON Schema the answer must satisfy.
	Schema map[string]interface{} `json:"schema,omitempty"`
	// Ask for llm/delta notifications.
	Stream *ParamsStream `json:"stream,omitempty"`
	System *string       `json:"system,omitempty"`
	// After this, `wait` becomes `cancel`.
	TimeoutMS  *int64            `json:"timeoutMs,omitempty"`
	ToolChoice *ParamsToolChoice `json:"toolChoice,omitempty"`
	// Tools of plugins and MCP servers: `name`, `server/name`, `server/*`.
	ToolNames []string   `json:"toolNames,omitempty"`
	Tools     []ToolSpec `json:"tools,omitempty"`
	// What it holds of its budgets for its prompts. Default: what the configuration says.
	ReserveUsd *string `json:"reserveUsd,omitempty"`
	// wait (default): until every response is complete; cancel: stop them.
	Mode  *string  `json:"mode,omitempty"`
	Input []string `json:"input,omitempty"`
	IDS   []string `json:"ids,omitempty"`
	// Only those used before this moment (ISO 8601): `updatedAt` of the last one of the page
	// before.
	//
	// The `responseId` of the last one of the page before.
	Before *string `json:"before,omitempty"`
	// Default 100.
	Limit *int64  `json:"limit,omitempty"`
	ID    *ID     `json:"id,omitempty"`
	Name  *string `json:"name,omitempty"`
	Note  *string `json:"note,omitempty"`
	// Blank is as good as absent.
	Value *string `json:"value,omitempty"`
	// None: one row for all.
	By     []By           `json:"by,omitempty"`
	Filter *HistoryFilter `json:"filter,omitempty"`
	// ISO 8601, or a day YYYY-MM-DD of the time zone of the configuration; it is included.
	From *string `json:"from,omitempty"`
	// As `from`; a moment is not included, a day is.
	To *string `json:"to,omitempty"`
	// Words that prompt or answer contain; needs `history: {content: true}`.
	Query      *string `json:"query,omitempty"`
	ResponseID *string `json:"responseId,omitempty"`
	Seq        *int64  `json:"seq,omitempty"`
}

// Ask for llm/delta notifications.
type ParamsStream struct {
	// Delta types wanted besides the text. Default: all.
	Include []string `json:"include,omitempty"`
	// Fewer, larger notifications: at most one in this time. Default 0.
	IntervalMS *int64 `json:"intervalMs,omitempty"`
	// At most this many llm/delta not yet acknowledged by llm/ack.
	Window *int64 `json:"window,omitempty"`
}

type TentacledToolChoice struct {
	Name string `json:"name"`
}

type ServerMessage struct {
	ID      *ID                  `json:"id,omitempty"`
	Jsonrpc Jsonrpc              `json:"jsonrpc"`
	Method  ServerMessageMethod  `json:"method"`
	Params  *ServerMessageParams `json:"params,omitempty"`
}

type ServerMessageParams struct {
	Meta  map[string]interface{} `json:"_meta,omitempty"`
	ID    *ID                    `json:"id,omitempty"`
	Actor *Actor                 `json:"actor,omitempty"`
	// How many hooks deep the call is that asks, from 0. A handler that calls llm/* itself
	// gives it back as `_meta.depth`; at most 8.
	Depth    *int64                 `json:"depth,omitempty"`
	GroupID  *string                `json:"groupId,omitempty"`
	Metadata map[string]interface{} `json:"metadata,omitempty"`
	// Those that may be used.
	Models         []ModelElement `json:"models,omitempty"`
	PromptID       *string        `json:"promptId,omitempty"`
	Purpose        *string        `json:"purpose,omitempty"`
	RegistrationID *string        `json:"registrationId,omitempty"`
	Step           *int64         `json:"step,omitempty"`
	// With include 'content'.
	Messages []Message              `json:"messages,omitempty"`
	Model    *string                `json:"model,omitempty"`
	Options  map[string]interface{} `json:"options,omitempty"`
	// The text of the last user turn; with include 'content'.
	Prompt *string `json:"prompt,omitempty"`
	// With include 'content'.
	System     *string       `json:"system,omitempty"`
	Content    []ContentPart `json:"content,omitempty"`
	Cost       *Cost         `json:"cost,omitempty"`
	DurationMS *float64      `json:"durationMs,omitempty"`
	Error      *Error        `json:"error,omitempty"`
	Outcome    *string       `json:"outcome,omitempty"`
	State      interface{}   `json:"state,omitempty"`
	Usage      *Usage        `json:"usage,omitempty"`
	Prompts    *int64        `json:"prompts,omitempty"`
	Reason     *string       `json:"reason,omitempty"`
	Args       interface{}   `json:"args,omitempty"`
	Name       *string       `json:"name,omitempty"`
	ToolCallID *string       `json:"toolCallId,omitempty"`
	Deltas     []Delta       `json:"deltas,omitempty"`
	// 0, 1, 2 … without gaps.
	Seq         *int64       `json:"seq,omitempty"`
	Diagnostics []Diagnostic `json:"diagnostics,omitempty"`
	Path        *string      `json:"path,omitempty"`
	Message     *string      `json:"message,omitempty"`
	Verbose     *string      `json:"verbose,omitempty"`
}

// Default: fail for filterModels, defaultModel and promptStart; skip for promptEnd and
// groupExit.
type OnFailure string

const (
	Fail OnFailure = "fail"
	Skip OnFailure = "skip"
)

type Trace string

const (
	Messages Trace = "messages"
	Off      Trace = "off"
	Verbose  Trace = "verbose"
)

type Severity string

const (
	SeverityError Severity = "error"
	Warning       Severity = "warning"
)

type HookRegistrationResultStatus string

const (
	Registered HookRegistrationResultStatus = "registered"
	Rejected   HookRegistrationResultStatus = "rejected"
)

type Type string

const (
	TypeAttachment Type = "attachment"
)

type ToolChoiceEnum string

const (
	Auto     ToolChoiceEnum = "auto"
	None     ToolChoiceEnum = "none"
	Required ToolChoiceEnum = "required"
)

type Source string

const (
	Computed  Source = "computed"
	Estimated Source = "estimated"
	Provider  Source = "provider"
	Unknown   Source = "unknown"
)

type ResponseStatus string

const (
	Cancelled   ResponseStatus = "cancelled"
	Ok          ResponseStatus = "ok"
	StatusError ResponseStatus = "error"
)

type By string

const (
	ByActor By = "actor"
	Day     By = "day"
	Group   By = "group"
	Model   By = "model"
	Purpose By = "purpose"
)

type Action string

const (
	Continue Action = "continue"
	Reject   Action = "reject"
)

type Jsonrpc string

const (
	The20 Jsonrpc = "2.0"
)

type ClientMessageMethod string

const (
	ConfigRead          ClientMessageMethod = "config/read"
	ConversationDelete  ClientMessageMethod = "conversation/delete"
	ConversationList    ClientMessageMethod = "conversation/list"
	ConversationRead    ClientMessageMethod = "conversation/read"
	Exit                ClientMessageMethod = "exit"
	HistoryList         ClientMessageMethod = "history/list"
	HistoryRead         ClientMessageMethod = "history/read"
	HookRegister        ClientMessageMethod = "hook/register"
	HookUnregister      ClientMessageMethod = "hook/unregister"
	Initialize          ClientMessageMethod = "initialize"
	LlmACK              ClientMessageMethod = "llm/ack"
	LlmEmbed            ClientMessageMethod = "llm/embed"
	LlmExplain          ClientMessageMethod = "llm/explain"
	LlmGroupClose       ClientMessageMethod = "llm/groupClose"
	LlmGroupOpen        ClientMessageMethod = "llm/groupOpen"
	LlmModels           ClientMessageMethod = "llm/models"
	LlmPrompt           ClientMessageMethod = "llm/prompt"
	LlmPurposes         ClientMessageMethod = "llm/purposes"
	PurpleCancelRequest ClientMessageMethod = "$/cancelRequest"
	PurplePing          ClientMessageMethod = "ping"
	RPCDiscover         ClientMessageMethod = "rpc.discover"
	SecretDelete        ClientMessageMethod = "secret/delete"
	SecretList          ClientMessageMethod = "secret/list"
	SecretSet           ClientMessageMethod = "secret/set"
	SetTrace            ClientMessageMethod = "$/setTrace"
	Shutdown            ClientMessageMethod = "shutdown"
	UsageSummary        ClientMessageMethod = "usage/summary"
)

type ServerMessageMethod string

const (
	ConfigDiagnostics   ServerMessageMethod = "config/diagnostics"
	FluffyCancelRequest ServerMessageMethod = "$/cancelRequest"
	FluffyPing          ServerMessageMethod = "ping"
	HookDefaultModel    ServerMessageMethod = "hook/defaultModel"
	HookFilterModels    ServerMessageMethod = "hook/filterModels"
	HookGroupExit       ServerMessageMethod = "hook/groupExit"
	HookPromptEnd       ServerMessageMethod = "hook/promptEnd"
	HookPromptStart     ServerMessageMethod = "hook/promptStart"
	LlmDelta            ServerMessageMethod = "llm/delta"
	LlmModelsChanged    ServerMessageMethod = "llm/modelsChanged"
	LogTrace            ServerMessageMethod = "$/logTrace"
	SecretResolve       ServerMessageMethod = "secret/resolve"
	ToolCall            ServerMessageMethod = "tool/call"
)

type Content struct {
	ContentPartArray []ContentPart
	String           *string
}

func (x *Content) UnmarshalJSON(data []byte) error {
	x.ContentPartArray = nil
	object, err := unmarshalUnion(data, nil, nil, nil, &x.String, true, &x.ContentPartArray, false, nil, false, nil, false, nil, false)
	if err != nil {
		return err
	}
	if object {
	}
	return nil
}

func (x *Content) MarshalJSON() ([]byte, error) {
	return marshalUnion(nil, nil, nil, x.String, x.ContentPartArray != nil, x.ContentPartArray, false, nil, false, nil, false, nil, false)
}

type LlmPromptParamsToolChoice struct {
	Enum             *ToolChoiceEnum
	PurpleToolChoice *PurpleToolChoice
}

func (x *LlmPromptParamsToolChoice) UnmarshalJSON(data []byte) error {
	x.PurpleToolChoice = nil
	x.Enum = nil
	var c PurpleToolChoice
	object, err := unmarshalUnion(data, nil, nil, nil, nil, false, nil, true, &c, false, nil, true, &x.Enum, false)
	if err != nil {
		return err
	}
	if object {
		x.PurpleToolChoice = &c
	}
	return nil
}

func (x *LlmPromptParamsToolChoice) MarshalJSON() ([]byte, error) {
	return marshalUnion(nil, nil, nil, nil, false, nil, x.PurpleToolChoice != nil, x.PurpleToolChoice, false, nil, x.Enum != nil, x.Enum, false)
}

type LlmExplainParamsToolChoice struct {
	Enum             *ToolChoiceEnum
	FluffyToolChoice *FluffyToolChoice
}

func (x *LlmExplainParamsToolChoice) UnmarshalJSON(data []byte) error {
	x.FluffyToolChoice = nil
	x.Enum = nil
	var c FluffyToolChoice
	object, err := unmarshalUnion(data, nil, nil, nil, nil, false, nil, true, &c, false, nil, true, &x.Enum, false)
	if err != nil {
		return err
	}
	if object {
		x.FluffyToolChoice = &c
	}
	return nil
}

func (x *LlmExplainParamsToolChoice) MarshalJSON() ([]byte, error) {
	return marshalUnion(nil, nil, nil, nil, false, nil, x.FluffyToolChoice != nil, x.FluffyToolChoice, false, nil, x.Enum != nil, x.Enum, false)
}

type ID struct {
	Integer *int64
	String  *string
}

func (x *ID) UnmarshalJSON(data []byte) error {
	object, err := unmarshalUnion(data, &x.Integer, nil, nil, &x.String, false, nil, false, nil, false, nil, false, nil, false)
	if err != nil {
		return err
	}
	if object {
	}
	return nil
}

func (x *ID) MarshalJSON() ([]byte, error) {
	return marshalUnion(x.Integer, nil, nil, x.String, false, nil, false, nil, false, nil, false, nil, false)
}

type ContentUnion struct {
	ContentPartArray []ContentPart
	ProtocolSchema   *ProtocolSchema
}

func (x *ContentUnion) UnmarshalJSON(data []byte) error {
	x.ContentPartArray = nil
	x.ProtocolSchema = nil
	var c ProtocolSchema
	object, err := unmarshalUnion(data, nil, nil, nil, nil, true, &x.ContentPartArray, true, &c, false, nil, false, nil, false)
	if err != nil {
		return err
	}
	if object {
		x.ProtocolSchema = &c
	}
	return nil
}

func (x *ContentUnion) MarshalJSON() ([]byte, error) {
	return marshalUnion(nil, nil, nil, nil, x.ContentPartArray != nil, x.ContentPartArray, x.ProtocolSchema != nil, x.ProtocolSchema, false, nil, false, nil, false)
}

type ParamsToolChoice struct {
	Enum                *ToolChoiceEnum
	TentacledToolChoice *TentacledToolChoice
}

func (x *ParamsToolChoice) UnmarshalJSON(data []byte) error {
	x.TentacledToolChoice = nil
	x.Enum = nil
	var c TentacledToolChoice
	object, err := unmarshalUnion(data, nil, nil, nil, nil, false, nil, true, &c, false, nil, true, &x.Enum, false)
	if err != nil {
		return err
	}
	if object {
		x.TentacledToolChoice = &c
	}
	return nil
}

func (x *ParamsToolChoice) MarshalJSON() ([]byte, error) {
	return marshalUnion(nil, nil, nil, nil, false, nil, x.TentacledToolChoice != nil, x.TentacledToolChoice, false, nil, x.Enum != nil, x.Enum, false)
}

type ModelElement struct {
	ModelInfo *ModelInfo
	String    *string
}

func (x *ModelElement) UnmarshalJSON(data []byte) error {
	x.ModelInfo = nil
	var c ModelInfo
	object, err := unmarshalUnion(data, nil, nil, nil, &x.String, false, nil, true, &c, false, nil, false, nil, false)
	if err != nil {
		return err
	}
	if object {
		x.ModelInfo = &c
	}
	return nil
}

func (x *ModelElement) MarshalJSON() ([]byte, error) {
	return marshalUnion(nil, nil, nil, x.String, false, nil, x.ModelInfo != nil, x.ModelInfo, false, nil, false, nil, false)
}

func unmarshalUnion(data []byte, pi **int64, pf **float64, pb **bool, ps **string, haveArray bool, pa interface{}, haveObject bool, pc interface{}, haveMap bool, pm interface{}, haveEnum bool, pe interface{}, nullable bool) (bool, error) {
	if pi != nil {
		*pi = nil
	}
	if pf != nil {
		*pf = nil
	}
	if pb != nil {
		*pb = nil
	}
	if ps != nil {
		*ps = nil
	}

	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	tok, err := dec.Token()
	if err != nil {
		return false, err
	}

	switch v := tok.(type) {
	case json.Number:
		if pi != nil {
			i, err := v.Int64()
			if err == nil {
				*pi = &i
				return false, nil
			}
		}
		if pf != nil {
			f, err := v.Float64()
			if err == nil {
				*pf = &f
				return false, nil
			}
			return false, errors.New("Unparsable number")
		}
		return false, errors.New("Union does not contain number")
	case float64:
		return false, errors.New("Decoder should not return float64")
	case bool:
		if pb != nil {
			*pb = &v
			return false, nil
		}
		return false, errors.New("Union does not contain bool")
	case string:
		if haveEnum {
			return false, json.Unmarshal(data, pe)
		}
		if ps != nil {
			*ps = &v
			return false, nil
		}
		return false, errors.New("Union does not contain string")
	case nil:
		if nullable {
			return false, nil
		}
		return false, errors.New("Union does not contain null")
	case json.Delim:
		if v == '{' {
			if haveObject {
				return true, json.Unmarshal(data, pc)
			}
			if haveMap {
				return false, json.Unmarshal(data, pm)
			}
			return false, errors.New("Union does not contain object")
		}
		if v == '[' {
			if haveArray {
				return false, json.Unmarshal(data, pa)
			}
			return false, errors.New("Union does not contain array")
		}
		return false, errors.New("Cannot handle delimiter")
	}
	return false, errors.New("Cannot unmarshal union")
}

func marshalUnion(pi *int64, pf *float64, pb *bool, ps *string, haveArray bool, pa interface{}, haveObject bool, pc interface{}, haveMap bool, pm interface{}, haveEnum bool, pe interface{}, nullable bool) ([]byte, error) {
	if pi != nil {
		return json.Marshal(*pi)
	}
	if pf != nil {
		return json.Marshal(*pf)
	}
	if pb != nil {
		return json.Marshal(*pb)
	}
	if ps != nil {
		return json.Marshal(*ps)
	}
	if haveArray {
		return json.Marshal(pa)
	}
	if haveObject {
		return json.Marshal(pc)
	}
	if haveMap {
		return json.Marshal(pm)
	}
	if haveEnum {
		return json.Marshal(pe)
	}
	if nullable {
		return json.Marshal(nil)
	}
	return nil, errors.New("Union must not be null")
}

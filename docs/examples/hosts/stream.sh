#!/usr/bin/env bash
# Streams an answer. Needs jq.
coproc SIDECAR { llm-sidecar; }
send() { jq -nc '{jsonrpc: "2.0"}'" + $1" >&"${SIDECAR[1]}"; }

send '{id: 1, method: "initialize", params: {protocolVersion: {min: 1, max: 1}, clientInfo: {name: "stream.sh", version: "1"}, capabilities: {}}}'
send '{id: 2, method: "llm/prompt", params: {promptId: "p1", model: "echo", prompt: "Hello from a shell", stream: {}}}'
while IFS= read -r message <&"${SIDECAR[0]}"; do
  jq -j '.params.deltas[]? | select(.type == "text").text' <<< "$message"
  if jq -e '.id == 2' <<< "$message" > /dev/null; then break; fi
done
jq -j '"\n", (.result.usage // .error.message | tostring), "\n"' <<< "$message"
send '{id: 3, method: "shutdown"}'

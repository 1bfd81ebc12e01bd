require "json"

sidecar = IO.popen("llm-sidecar", "r+", external_encoding: "UTF-8")
send = ->(id, method, params) { sidecar.puts({ jsonrpc: "2.0", id: id, method: method, params: params }.to_json) }

send.(1, "initialize", { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: "stream.rb", version: "1" }, capabilities: {} })
send.(2, "llm/prompt", { promptId: "p1", model: "echo", prompt: "Hello from Ruby", stream: {} })
while (message = JSON.parse(sidecar.gets))
  message.dig("params", "deltas")&.each { |delta| print delta["text"] if delta["type"] == "text" }
  break if message["id"] == 2
end
puts "", message.key?("result") ? message["result"]["usage"].to_json : message["error"]["message"]
send.(3, "shutdown", {})
sidecar.close

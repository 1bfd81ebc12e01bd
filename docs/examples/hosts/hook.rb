# A host that is asked before every prompt, and refuses what has a certain word in it.
require "json"

SIDECAR = IO.popen("llm-sidecar", "r+", external_encoding: "UTF-8")

def send_message(**message) = SIDECAR.puts({ jsonrpc: "2.0", **message }.to_json)

def prompt_start(params)
  return { action: "reject", reason: "That word stays here." } if params["prompt"].include?("swordfish")
  { action: "continue" }
end

# Waits for the answer, and answers the hook meanwhile.
def request(id, method, **params)
  send_message(id: id, method: method, params: params)
  while (message = JSON.parse(SIDECAR.gets))
    if message["method"] == "hook/promptStart"
      send_message(id: message["id"], result: prompt_start(message["params"]))
    elsif message["id"] == id && !message.key?("method")
      return message
    end
  end
end

hooks = [{ id: "policy", point: "promptStart", include: ["content"] }]
who = { name: "hook.rb", version: "1" }
request(1, "initialize", protocolVersion: { min: 1, max: 1 }, clientInfo: who, capabilities: {}, hooks: hooks)
refused = request(2, "llm/prompt", model: "echo", prompt: "My password is swordfish")
puts "refused: #{refused["error"]["message"]}"
answered = request(3, "llm/prompt", model: "echo", prompt: '{"raw": "All is well."}')
puts "answered: #{answered["result"]["text"]}"
request(4, "shutdown")
SIDECAR.close

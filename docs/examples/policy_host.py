"""A host that decides: it refuses prompts with a word in them, counts tokens for each actor, and answers a tool."""
import json, subprocess
from collections import Counter

forbidden = "swordfish"
tokens = Counter()
sidecar = subprocess.Popen(["llm-sidecar"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")


def prompt_start(params):
    if forbidden in params["prompt"]:
        return {"action": "reject", "reason": "That word stays here.", "data": {"word": forbidden}}
    return {"action": "continue"}


def prompt_end(params):
    usage, actor = params["usage"], params["actor"] or {}
    tokens[actor.get("id", "nobody")] += (usage["inputTokens"] or 0) + (usage["outputTokens"] or 0)


def tool_call(params):
    return {"content": str(params["args"]["a"] + params["args"]["b"])}


handlers = {"hook/promptStart": prompt_start, "hook/promptEnd": prompt_end, "tool/call": tool_call}


def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), file=sidecar.stdin, flush=True)


def request(id, method, **params):
    """Waits for the answer, and answers what the sidecar asks meanwhile."""
    send(id=id, method=method, params=params)
    for message in map(json.loads, sidecar.stdout):
        if message.get("method") in handlers:
            send(id=message["id"], result=handlers[message["method"]](message["params"]))
        elif message.get("id") == id and "method" not in message:
            return message


request(
    "init",
    "initialize",
    protocolVersion={"min": 1, "max": 1},
    clientInfo={"name": "policy_host.py", "version": "1"},
    capabilities={"tools": {}},
    hooks=[
        {"id": "policy", "point": "promptStart", "include": ["content"]},
        {"id": "policy", "point": "promptEnd", "include": ["actor"]},
    ],
)
add = {"name": "add", "inputSchema": {"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "number"}}}}
call = json.dumps({"tool_calls": [{"name": "add", "arguments": {"a": 2, "b": 3}}]})  # what makes the model echo call a tool

refused = request(1, "llm/prompt", model="echo", actor={"id": "eve"}, prompt="My password is swordfish")["error"]
print("refused:", refused["message"], refused["data"]["data"])
added = request(2, "llm/prompt", model="echo", actor={"id": "ann"}, prompt=call, tools=[add])["result"]
print("added:", added["steps"][0]["toolResults"][0]["content"][0]["text"])
request(3, "llm/prompt", model="echo", actor={"id": "bob"}, prompt='{"raw": "four words of answer"}')
print("tokens:", sorted(actor for actor, count in tokens.items() if count > 0), tokens["bob"])
request("end", "shutdown")
send(method="exit")
sidecar.wait()

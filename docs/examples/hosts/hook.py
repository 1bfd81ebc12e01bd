"""A host that is asked before every prompt, and refuses what has a certain word in it."""
import json, subprocess

sidecar = subprocess.Popen(["llm-sidecar"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")


def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), file=sidecar.stdin, flush=True)


def prompt_start(params):
    if "swordfish" in params["prompt"]:
        return {"action": "reject", "reason": "That word stays here."}
    return {"action": "continue"}


def request(id, method, **params):
    """Waits for the answer, and answers the hook meanwhile."""
    send(id=id, method=method, params=params)
    for message in map(json.loads, sidecar.stdout):
        if message.get("method") == "hook/promptStart":
            send(id=message["id"], result=prompt_start(message["params"]))
        elif message.get("id") == id and "method" not in message:
            return message


hooks = [{"id": "policy", "point": "promptStart", "include": ["content"]}]
who = {"name": "hook.py", "version": "1"}
request(1, "initialize", protocolVersion={"min": 1, "max": 1}, clientInfo=who, capabilities={}, hooks=hooks)
refused = request(2, "llm/prompt", model="echo", prompt="My password is swordfish")
print("refused:", refused["error"]["message"])
answered = request(3, "llm/prompt", model="echo", prompt='{"raw": "All is well."}')
print("answered:", answered["result"]["text"])
request(4, "shutdown")
send(method="exit")
sidecar.wait()

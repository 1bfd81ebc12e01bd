import json, subprocess

sidecar = subprocess.Popen(["llm-sidecar"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
def send(method, id=None, **params):
    message = {"jsonrpc": "2.0", "method": method, "params": params} | ({} if id is None else {"id": id})
    print(json.dumps(message), file=sidecar.stdin, flush=True)

send("initialize", id=1, protocolVersion={"min": 1, "max": 1}, clientInfo={"name": "host.py", "version": "1"}, capabilities={})
send("llm/prompt", id=2, promptId="p1", model="echo", prompt="Hello from Python", stream={})
for message in map(json.loads, sidecar.stdout):
    for delta in message.get("params", {}).get("deltas", []):
        print(delta["text"] if delta["type"] == "text" else "", end="", flush=True)
    if message.get("id") == 2:
        break
print("\n" + str(message["result"]["usage"] if "result" in message else message["error"]["message"]))

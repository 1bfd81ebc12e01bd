import json, subprocess

# The framing of language servers: a header with the length of the body in bytes, an empty line, the body.
sidecar = subprocess.Popen(["llm-sidecar"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

def send(method, id=None, **params):
    message = {"jsonrpc": "2.0", "method": method, "params": params} | ({} if id is None else {"id": id})
    body = json.dumps(message).encode()
    sidecar.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    sidecar.stdin.flush()

def receive():
    length = 0
    while header := sidecar.stdout.readline().strip():
        name, value = header.split(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return json.loads(sidecar.stdout.read(length)) if length else None

send("initialize", id=1, protocolVersion={"min": 1, "max": 1}, clientInfo={"name": "host", "version": "1"}, capabilities={})
send("llm/prompt", id=2, promptId="p1", model="echo", prompt="Hello from Python", stream={})
while message := receive():
    if message.get("method") == "llm/delta":
        for delta in message["params"]["deltas"]:
            if delta["type"] == "text":
                print(delta["text"], end="", flush=True)
    elif message.get("id") == 2:
        print("\n" + str(message["result"]["usage"] if "result" in message else message["error"]["message"]))
        break

# In two steps, as a language server ends: then the exit code is 0.
send("shutdown", id=3)
while (message := receive()) and message.get("id") != 3:
    pass
send("exit")
sidecar.wait()

"""A host with accounts of its own: a response needs room in the account of its actor, and what it did cost is booked."""
import json, subprocess
from decimal import Decimal

accounts = {"ann": Decimal("0.05"), "bob": Decimal("0.01")}
hold = Decimal("0.02")  # dollars, of every response that runs
sidecar = subprocess.Popen(
    ["llm-sidecar", "--config", "accounts.yaml"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
)


def prompt_start(params):
    actor = params["actor"]["id"]
    if accounts[actor] < hold:
        return {"action": "reject", "reason": f"The account of {actor} has no room for this."}
    accounts[actor] -= hold
    return {"action": "continue", "state": {"actor": actor}}


def prompt_end(params):
    usd = params["cost"]["usd"]
    cost = hold if usd is None else Decimal(usd)  # an unknown cost is not nothing
    accounts[params["state"]["actor"]] += hold - cost


handlers = {"hook/promptStart": prompt_start, "hook/promptEnd": prompt_end}


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
    clientInfo={"name": "accounting_host.py", "version": "1"},
    capabilities={},
    hooks=[
        {"id": "accounts", "point": "promptStart", "include": ["actor"]},
        {"id": "accounts", "point": "promptEnd", "include": ["actor"]},
    ],
)
answer = request(1, "llm/prompt", actor={"id": "ann"}, prompt='{"raw": "Two words"}')["result"]
print("ann:", answer["text"], answer["cost"]["usd"], accounts["ann"])
refused = request(2, "llm/prompt", actor={"id": "bob"}, prompt="Hello")["error"]
print("bob:", refused["message"], accounts["bob"])
request("end", "shutdown")
send(method="exit")
sidecar.wait()

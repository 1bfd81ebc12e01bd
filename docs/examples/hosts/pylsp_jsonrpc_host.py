"""A host with pylsp_jsonrpc, the JSON-RPC of Python's language server."""
import itertools, subprocess, threading
from pylsp_jsonrpc.dispatchers import MethodDispatcher
from pylsp_jsonrpc.endpoint import Endpoint
from pylsp_jsonrpc.exceptions import JsonRpcException
from pylsp_jsonrpc.streams import JsonRpcStreamReader, JsonRpcStreamWriter


class Host(MethodDispatcher):
    """For the method `llm/delta` it calls `m_llm__delta`, for `hook/promptStart` `m_hook__prompt_start`."""

    def __init__(self):
        self.text, self.begun = "", threading.Event()

    def m_llm__delta(self, deltas=(), **_):
        self.text += "".join(delta["text"] for delta in deltas if delta["type"] == "text")
        if self.text:
            self.begun.set()

    def m_hook__prompt_start(self, prompt="", **_):
        if "swordfish" in prompt:
            return {"action": "reject", "reason": "That word stays here."}
        return {"action": "continue"}


sidecar = subprocess.Popen(["llm-sidecar"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
host, ids = Host(), itertools.count(1)
endpoint = Endpoint(host, JsonRpcStreamWriter(sidecar.stdin).write, id_generator=lambda: next(ids))
reader = threading.Thread(target=JsonRpcStreamReader(sidecar.stdout).listen, args=(endpoint.consume,), daemon=True)
reader.start()


def request(method, params):
    return endpoint.request(method, params).result(timeout=20)


who = {"name": "pylsp_jsonrpc_host.py", "version": "1"}
hooks = [{"id": "policy", "point": "promptStart", "include": ["content"]}]
versions = {"min": 1, "max": 1}
request("initialize", {"protocolVersion": versions, "clientInfo": who, "capabilities": {}, "hooks": hooks})
print("models:", ", ".join(model["id"] for model in request("llm/models", {})["models"]))

prompt = {"promptId": "p1", "model": "test-fast", "prompt": "Hello", "options": {"chunks": 3}, "stream": {}}
answer = request("llm/prompt", prompt)
print("streamed:", host.text)
print("the same:", "yes" if host.text == answer["text"] else "no")

# Future.cancel() would drop the answer; the notification with the id of the request keeps what has arrived.
host.text = ""
host.begun.clear()
running = endpoint.request("llm/prompt", {"promptId": "p2", "model": "test-endless", "prompt": "Go on", "stream": {}})
host.begun.wait(20)
endpoint.notify("$/cancelRequest", {"id": next(ids) - 1})
print("cancelled:", running.result(timeout=20)["stopReason"])

try:
    request("llm/prompt", {"promptId": "p3", "model": "echo", "prompt": "My password is swordfish", "stream": {}})
except JsonRpcException as problem:
    print("refused:", problem.message)

request("shutdown", {})
endpoint.notify("exit")
print("exit:", sidecar.wait())
endpoint.shutdown()

"""A host with pylsp_jsonrpc, the JSON-RPC of Python's language server."""
import itertools, subprocess, threading
from pylsp_jsonrpc.dispatchers import MethodDispatcher
from pylsp_jsonrpc.endpoint import Endpoint
from pylsp_jsonrpc.streams import JsonRpcStreamReader, JsonRpcStreamWriter


class Host(MethodDispatcher):
    """It calls `m_llm__delta` for the method `llm/delta`."""

    def __init__(self):
        self.text, self.begun = "", threading.Event()

    def m_llm__delta(self, deltas=(), **_):
        self.text += "".join(delta["text"] for delta in deltas if delta["type"] == "text")
        if self.text:
            self.begun.set()


sidecar = subprocess.Popen(["llm-sidecar"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
host, ids = Host(), itertools.count(1)
endpoint = Endpoint(host, JsonRpcStreamWriter(sidecar.stdin).write, id_generator=lambda: next(ids))
reader = threading.Thread(target=JsonRpcStreamReader(sidecar.stdout).listen, args=(endpoint.consume,), daemon=True)
reader.start()


def request(method, params):
    return endpoint.request(method, params).result(timeout=20)


who = {"name": "pylsp_jsonrpc_host.py", "version": "1"}
request("initialize", {"protocolVersion": {"min": 1, "max": 1}, "clientInfo": who, "capabilities": {}})
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

request("shutdown", {})
endpoint.notify("exit")
print("exit:", sidecar.wait())
endpoint.shutdown()

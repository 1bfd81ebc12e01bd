"""Plays a transcript to a sidecar: python3 driver.py [--content-length] COMMAND... TRANSCRIPT

Python's standard library only. ../../transcripts/README.md says how a transcript is written and what fits a pattern.
"""
import json, os, re, subprocess, sys, tempfile, threading

PATTERNS = {
    "<uuid>": re.compile(r"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}"),
    "<time>": re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ"),
    "<version>": re.compile(r"\d+\.\d+\.\d+.*"),
    "<sha256>": re.compile(r"[\da-f]{64}"),
    "<text>": re.compile(r".+", re.DOTALL),
}


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def fits_word(word, value):
    """True or false; None if the word stands for nothing but itself."""
    if word == "<any>":
        return True
    if word == "<count>":
        return is_number(value) and value >= 0 and value == int(value)
    if word == "<milliseconds>":
        return is_number(value) and 0 <= value < 60_000
    if word in PATTERNS:
        return isinstance(value, str) and PATTERNS[word].fullmatch(value) is not None
    return None


def misfit(pattern, value, known, path=""):
    """Where the value is not what the pattern says; None: nowhere."""
    wrong = f"{path or 'the message'} is {json.dumps(value)}, not {json.dumps(pattern)}"
    if isinstance(pattern, dict):
        if not isinstance(value, dict):
            return wrong
        for name, inner in pattern.items():
            if name == "<more>":
                continue
            if name not in value:
                return f"{path}.{name} is missing"
            if found := misfit(inner, value[name], known, f"{path}.{name}"):
                return found
        more = [name for name in value if name not in pattern]
        return f"{path}.{more[0]} is not expected" if more and "<more>" not in pattern else None
    if isinstance(pattern, list):
        items = [item for item in pattern if item != "<more>"]
        if not isinstance(value, list) or len(value) < len(items) or (len(value) > len(items) and items == pattern):
            return wrong
        found = [misfit(inner, value[index], known, f"{path}.{index}") for index, inner in enumerate(items)]
        return next(filter(None, found), None)
    if isinstance(pattern, str):
        if pattern in known:
            return None if value == known[pattern] else wrong
        fits = fits_word(pattern, value)
        if fits is not None:
            return None if fits else wrong
    same = type(pattern) is type(value) or (is_number(pattern) and is_number(value))
    return None if same and pattern == value else wrong


class Stream:
    """What the deltas of one prompt amount to."""

    def __init__(self):
        self.parts, self.last_seq = {}, -1  # number of the part -> [kind, text]

    def take(self, params):
        if params["seq"] != self.last_seq + 1:
            raise AssertionError(f"seq {params['seq']} after {self.last_seq}")
        self.last_seq = params["seq"]
        for delta in params["deltas"]:
            if delta["type"] == "part":
                self.parts[delta["part"]] = [delta["kind"], ""]
            elif delta["type"] in ("text", "reasoning", "toolArgs"):
                self.parts.setdefault(delta["part"], [delta["type"], ""])[1] += delta["text"]
            elif delta["type"] == "reset":
                self.parts = {number: part for number, part in self.parts.items() if number < delta["fromPart"]}

    def text(self):
        return "".join(text for _, (kind, text) in sorted(self.parts.items()) if kind == "text")


class Sidecar:
    def __init__(self, command, folder, content_length):
        self.content_length, self.waiting, self.streams = content_length, None, {}
        env = {**os.environ, "LLM_USER_PATH": folder}
        self.process = subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, text):
        body = text.encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) if self.content_length else body + b"\n")
        self.process.stdin.flush()

    def peek(self):
        """The next message, which stays the next one; None at the end."""
        if self.waiting is None:
            self.waiting = self.read()
        return self.waiting

    def next(self):
        message, self.waiting = self.peek(), None
        return message

    def read(self):
        output = self.process.stdout
        line = output.readline()
        if line == b"" or not self.content_length:
            return json.loads(line) if line else None
        length = int(line.removeprefix(b"Content-Length:"))
        output.readline()
        return json.loads(output.read(length))

    def deltas(self, prompt, text, whole):
        stream = self.streams.setdefault(prompt, Stream())
        while whole or not stream.text().startswith(text):
            message = self.peek()
            if not message or message.get("method") != "llm/delta" or message["params"]["promptId"] != prompt:
                break
            stream.take(self.next()["params"])
        if whole:
            return misfit(text, stream.text(), {})
        return None if stream.text().startswith(text) else f"the text of {prompt} is {stream.text()!r}"

    def known(self):
        words = {}
        for prompt, stream in self.streams.items():
            words[f"<text of {prompt}>"] = stream.text()
            words[f"<bytes of {prompt}>"] = len(stream.text().encode())
            words[f"<seq of {prompt}>"] = stream.last_seq
        return words


def play_line(line, sidecar, config):
    """What is wrong; None: nothing."""
    if line.startswith("-> "):
        return sidecar.send(json.dumps({"jsonrpc": "2.0", **json.loads(line[3:])}))
    if line.startswith("->>"):
        return sidecar.send(line[3:].removeprefix(" "))
    if line.startswith("<- "):
        message = sidecar.next()
        return misfit({"jsonrpc": "2.0", **json.loads(line[3:])}, message, {"<path>": config, **sidecar.known()})
    if found := re.fullmatch(r'<~ (\S+) (".*")( …)?', line):
        return sidecar.deltas(found[1], json.loads(found[2]), found[3] is None)
    if line == "-- end of input":
        return sidecar.process.stdin.close()
    if found := re.fullmatch(r"-- exit (\d+)", line):
        if message := sidecar.next():
            return f"not expected: {json.dumps(message)}"
        code = sidecar.process.wait()
        return None if code == int(found[1]) else f"the exit code is {code}"
    return "not a line of a transcript"


def play(command, transcript, content_length):
    with open(transcript, encoding="utf-8") as file:
        lines = list(enumerate(file.read().split("\n"), 1))
    with tempfile.TemporaryDirectory() as folder:
        config = os.path.join(folder, "config.yaml")
        sidecar, yaml, saved = None, [], False
        for number, line in lines:
            if line.startswith("config |"):
                yaml.append(line.removeprefix("config |").removeprefix(" ") + "\n")
                continue
            if yaml:  # Other programs see the file as it was or as it is, never half of it.
                with open(config + ".new", "w", encoding="utf-8") as file:
                    file.write("".join(yaml))
                os.replace(config + ".new", config)
                yaml, saved = [], True
            if line.strip() == "" or line.startswith("#") or line.startswith("framing "):
                continue
            if sidecar is None:
                sidecar = Sidecar([*command, "--config", config] if saved else command, folder, content_length)
                watch = threading.Timer(60, sidecar.process.kill)
                watch.start()
            try:
                wrong = play_line(line, sidecar, config)
            except Exception as error:
                wrong = repr(error)
            if wrong:
                sidecar.process.kill()
                watch.cancel()
                sys.exit(f"{transcript}:{number}: {wrong}")
        watch.cancel()


arguments = sys.argv[1:]
with_headers = arguments[0] == "--content-length"
*command, transcript = arguments[with_headers:]
play(command, transcript, with_headers)

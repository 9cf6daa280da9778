#!/usr/bin/env python3
"""Runs every command of the documents as it stands there, in a scratch folder; the repository stays as it is.

usage: commands.py [DOCUMENT...]      (all documents if none is named)

Commands are the lines of ```sh blocks, with their here-documents, and `cargo ...` or `pushlab run ...` in running
text. Those of one document run in its order, so that a server that one of them starts is there for the next.
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

DOCUMENTS = ["README.md", "METHODOLOGY.md", "ARCHITECTURE.md", "scenarios/README.md", "docs/CONTRACT.md",
             "docs/adding-a-scenario.md"]
PATIENCE_S = 120
REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Not run here: what a command begins with, and why.
SKIPPED = {
    "cargo test": "a check of its own in .ci/run",
    "cargo bench": "a check of its own in .ci/run",
    "RUSTC_BOOTSTRAP=1 cargo fuzz": "a check of its own in .ci/run",
    "cargo install": "a check of its own in .ci/run, where it is missing",
    "cargo update": "changes the repository",
    "cargo run --release -- reproduce all": "a check of its own in .ci/run",
    "cargo doc": "a check of its own in .ci/run; this one opens a browser",
    "bash .ci/run": "it runs this script",
    "pushlab run ./mine.json": "stands for any file",
    "pushlab sweep ./mine.json": "stands for any file",
}

# Changed before it runs: what, into what, and why.
CHANGED = [
    (r"(?<![^ =])/tmp/", "{scratch}/tmp/"),
    # The scratch folder has no Cargo.toml; what the program writes must land there and not in the repository.
    (r"\bcargo run\b", f"cargo run --quiet --locked --manifest-path {REPOSITORY}/Cargo.toml"),
    (r"(?<= )docs/", f"{REPOSITORY}/docs/"),
    # In real time, for each of four transports, and after a warm-up. The figures are not looked at here.
    (r"--network (loopback|both) --duration 10s", r"--network \1 --duration 1s --warm-up 1s"),
    # Four transports at each number of clients, a minute each.
    (r"--clients 100,1000,5000,10000", "--clients 10,50,100 --duration 1s --warm-up 1s --rate 20/s"),
    (r"&$", ""),  # servers are kept in the background anyway
]

# Never ends, and need not: what it contains, and what it must show before we end it. A server stays until the next.
SERVER = (r"(--|pushlab) serve\b", r"^try:")
ENDLESS = [
    (r"^curl -N", r"^data: ?\{\"seq\""),
    (r"websockets\.sync|require\(\"ws\"\)", r"^\{\"seq\""),
]

# Ends by itself, and must show this.
SHOWS = [
    (r"since=99999", r"^HTTP/1\.1 204 "),
    (r"/publish\?", r"^\{\"ack\""),
    (r"^curl", r"^\{\"seq\""),
    (r"--network both", r"connections .* yes"),
    (r"--scorecard", r"Who meets the budget"),
    (r"--clients [0-9]+,", r"last receiver is in time"),
    (r"pushlab run|--release\s*(#|$|-- run (?!.*--json))", r"Short polling .* yes"),
]


def commands(text):
    """The commands of a document, in order. A scenario that it shows as JSON is a file that later ones may name."""
    fence = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
    spoken = re.compile(r"`((?:cargo|bash) [^`]+|pushlab (?:run|sweep) [^`]+)`")
    at = 0
    for block in fence.finditer(text):
        yield from (found[1] for found in spoken.finditer(text, at, block.start()))
        at = block.end()
        language, body = block.groups()
        if language == "json" and (name := re.search(r'"name": "([\w-]+)"', body)):
            with open(f"{scratch}/{name[1]}.json", "w") as file:
                file.write(body)
        if language == "sh":
            lines = iter(body.splitlines())
            for line in lines:
                if end := re.search(r"<<'(\w+)'$", line):
                    for more in lines:
                        line += "\n" + more
                        if more == end[1]:
                            break
                if line:
                    yield line
    yield from (found[1] for found in spoken.finditer(text, at))


def measuring(command):
    """What a command measures, however it is written; nothing if it does something else."""
    command = re.sub(r"^cargo run --release --", "pushlab", command.split("   ")[0].strip())
    return command if re.match(r"pushlab (run|sweep) ", command) else None


class Started:
    """A command that runs, with a log of all that it shows."""

    def __init__(self, command):
        self.log = tempfile.NamedTemporaryFile("w+", dir=scratch, delete=False)
        self.process = subprocess.Popen(["bash", "-c", command], cwd=scratch, env=environment, start_new_session=True,
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        running.add(self)

    def shown(self):
        with open(self.log.name, errors="replace", newline="") as log:
            return log.read()

    def wait(self, pattern=None):
        """Waits until the output has the pattern, or until the command has ended; says which of them is so."""
        until = time.monotonic() + PATIENCE_S
        while True:
            code = self.process.poll()
            if pattern and re.search(pattern, self.shown(), re.M):
                return "shown"
            if code is not None:
                return "ended" if code == 0 else f"ended with code {code}"
            if time.monotonic() > until:
                return f"neither ended nor showed {pattern!r} within {PATIENCE_S} s"
            time.sleep(0.05)

    def end(self):
        running.discard(self)
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, how)
                self.process.wait(5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass


def run(command):
    """Runs one command; says what went wrong with it, if anything did."""
    global server
    for pattern, replacement in changed:
        command = re.sub(pattern, replacement, command)
    serves = re.search(SERVER[0], command)
    if serves and server:
        server.end()
    started = Started(command)
    if serves:
        server = started
        how = started.wait(SERVER[1])
        wrong = None if how == "shown" else how
        time.sleep(2)  # who types the next command has events to ask for by then
    elif pattern := next((shown for has, shown in ENDLESS if re.search(has, command)), None):
        how = started.wait(pattern)
        started.end()
        wrong = None if how == "shown" else f"{how}, without {pattern!r}"
    else:
        how = started.wait()
        started.end()
        wrong = None if how == "ended" else how
        pattern = next((shown for has, shown in SHOWS if re.search(has, command)), None)
        if not wrong and pattern and not re.search(pattern, started.shown(), re.M):
            wrong = f"did not show {pattern!r}"
    return wrong and f"{wrong}\n  ran: {command}\n{started.shown()[-3000:]}"


def free_port():
    """8089 as in the documents; another one if somebody has it, or this would fail for a stranger's server."""
    for port in (8089, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as taken:
                return taken.getsockname()[1]
        except OSError:
            pass


def main():
    for document in sys.argv[1:] or DOCUMENTS:
        with open(f"{REPOSITORY}/{document}") as file:
            text = file.read()
        for command in commands(text):
            first = command.splitlines()[0].split("   ")[0]
            reason = next((why for start, why in SKIPPED.items() if command.startswith(start)), None)
            if reason:
                print(f"  skipped       {document}: {first} ({reason})", flush=True)
                continue
            what = measuring(command)
            if what and what in measured:
                print(f"  ran before    {document}: {first}", flush=True)
                continue
            measured.add(what)
            began = time.monotonic()
            wrong = run(command)
            print(f"  {'FAILED' if wrong else 'ok':6} {time.monotonic() - began:4.1f} s {document}: {first}", flush=True)
            if wrong:
                sys.exit(f"{document}: {command}\n  {wrong}")


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
running = set()
measured = set()
server = None
scratch = tempfile.mkdtemp(prefix="pushlab-commands-")
os.mkdir(f"{scratch}/tmp")
try:
    # So that the first command does not wait for the compiler, and plain `pushlab` is what the sources say.
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=REPOSITORY, check=True)
    metadata = ["cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"]
    target = re.search(r'"target_directory":"([^"]+)"', subprocess.check_output(metadata, cwd=REPOSITORY, text=True))[1]
    changed = [(pattern, text.replace("{scratch}", scratch)) for pattern, text in CHANGED]
    if (port := free_port()) != 8089:
        changed += [(r"8089", str(port)), (r"\bserve\b", f"serve --port {port}")]
    # The documents' plain `pushlab` is the program as it is installed; Python's output must not wait in a buffer.
    environment = os.environ | {"PATH": f"{target}/release:{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"}
    main()
finally:
    for started in list(running):
        started.end()
    shutil.rmtree(scratch, ignore_errors=True)

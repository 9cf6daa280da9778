#!/usr/bin/env python3
"""Measures the lab's servers beside others: the same reader, in rounds, a new server process for each figure.

    cargo build --release --example peers
    python3 benches/peers/compare.py --rounds 5

See README.md beside this file.
"""

import argparse
import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
# The bytes of an answer of nginx: a message like everybody's, and a line end.
NEWS = '{"seq":     1,"fill":"' + "." * 50 + '","ns":' + "0".rjust(20) + "}\n"
NGINX = """master_process off; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000000; tcp_nodelay on;
  default_type application/x-ndjson; open_file_cache max=10;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port} backlog=4096; root {folder}; }} }}
"""


class Server:
    """A server to measure: its name, how it starts, and the lab's transport whose opening bytes it takes."""

    def __init__(self, name, via, command, install=None, control="own", lacks=None):
        self.name, self.via, self.command = name, via, command
        self.install, self.control, self.lacks = install, control, lacks


def servers(options):
    peers = options.peers
    node = shutil.which("node")
    node_ws = node and succeeds([node, "-e", "require('ws')"], cwd=HERE)
    python = options.python
    socketify = succeeds([python, "-c", "import socketify"])
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    lab = [peers, "lab", "--port", "{port}", "--control", "{control}"]
    scripts = [os.path.join(HERE, name) for name in ("ws.js", "node_sse.js", "socketify_server.py")]
    push = [
        Server("floor", None, [peers, "floor", "--port", "{port}", "--control", "{control}"]),
        Server("lab websocket", "websocket", lab),
        Server("lab sse", "sse", lab),
        Server("npm ws", "websocket", [node, scripts[0], "{port}", "{control}"],
               "npm install ws (in any folder above benches/peers, or set NODE_PATH)", lacks=not node_ws),
        Server("node sse", "sse", [node, scripts[1], "{port}", "{control}"], "Node.js", lacks=not node),
        Server("uWebSockets", "websocket", [python, scripts[2], "{port}"],
               "pip install socketify, which needs the system's libuv (--python says which Python has it)",
               control="same", lacks=not socketify),
    ]
    hyper = [peers, "bare-hyper", "--port", "{port}", "--answer"]
    news = [
        Server("bare hyper", "short-poll", hyper + ["news"], control=None),
        Server("lab short-poll", "short-poll", lab),
        Server("nginx", "short-poll", [nginx, "-p", "{folder}", "-c", "{folder}/conf"],
               "apt-get install nginx", control=None, lacks=not nginx),
    ]
    empty = [
        Server("bare hyper", "short-poll", hyper + ["empty"], control=None),
        Server("lab short-poll", "short-poll", lab),
    ]
    idle = push[1:3] + [Server("lab long-poll", "long-poll", lab)] + push[3:]
    return {"push": push, "news": news, "empty": empty, "idle": idle}


def succeeds(command, cwd=None):
    try:
        return subprocess.run(command, cwd=cwd, capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


# What is measured: title, which servers, what the reader is told, the figures of its answer, what they are called and
# what is better.
def measurements(options):
    many = str(options.connections)
    seconds = ["--seconds", str(options.seconds)]
    fan = ["fan", "--connections", many] + seconds
    rate = ["rate", "--connections", many, "--rate", "10", "--seconds", str(2 * options.seconds)]
    return {
        "w1": (f"fan-out to {many}, one message at a time", "push", fan + ["--window", "1"],
               [("per_second", "deliveries/s", "more"), ("server_cpu_us", "server CPU us each", "less")]),
        "w8": (f"fan-out to {many}, backlog of 8", "push", fan + ["--window", "8"],
               [("per_second", "deliveries/s", "more"), ("server_cpu_us", "server CPU us each", "less")]),
        "rate": (f"latency at {many} x 10/s", "push", rate,
                 [("latency_p50_us", "p50 us", "less"), ("latency_p99_us", "p99 us", "less")]),
        "news": ("short polling, 64 connections, news in each answer", "news",
                 ["poll", "--answers", "news"] + seconds,
                 [("per_second", "answers/s", "more"), ("server_cpu_us", "server CPU us each", "less")]),
        "empty": ("short polling, 64 connections, nothing new", "empty",
                  ["poll", "--answers", "empty"] + seconds,
                  [("per_second", "answers/s", "more"), ("server_cpu_us", "server CPU us each", "less")]),
        "idle": (f"memory of {options.idle} connections", "idle", ["idle", "--connections", str(options.idle)],
                 [("standing_kib_each", "KiB each, standing", "less"), ("served_kib_each", "KiB each, after a message", "less")]),
    }


def free_ports():
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def die_with_parent():
    """In the child, before it becomes the server: it is killed when this script dies, however it does (Linux)."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    except (OSError, AttributeError):
        pass  # then the end of its standard input has to do


def pinned(core, command):
    together = os.cpu_count() < 2 or shutil.which("taskset") is None
    return command if together else ["taskset", "-c", str(core)] + command


def until_it_listens(process, ports):
    give_up = time.monotonic() + 10
    for port in ports:
        while True:
            if process.poll() is not None:
                raise RuntimeError(f"it ended with {process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > give_up:
                    raise RuntimeError("it does not listen") from None
                time.sleep(0.02)


def measure(options, server, read):
    port, control = free_ports()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        with open(os.path.join(folder, "conf"), "w") as conf:
            conf.write(NGINX.format(folder=folder, port=port))
        with open(os.path.join(folder, "poll"), "w") as news:
            news.write(NEWS)
        places = {"port": port, "control": control, "folder": folder}
        command = [part.format(**places) for part in server.command]
        # A group of its own and an input that ends with us. What it complains of goes to a file: nobody reads a pipe
        # while it runs.
        complaints = os.path.join(folder, "complaints")
        with open(complaints, "wb") as file:
            process = subprocess.Popen(pinned(0, command), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                       stderr=file, preexec_fn=die_with_parent, start_new_session=True)
        try:
            ports = {None: [], "own": [control], "same": []}[server.control]
            until_it_listens(process, [port] + ports)
            line = [options.peers, "read", *read, "--port", str(port), "--pid", str(process.pid)]
            if server.control:
                line += ["--control", str(control if server.control == "own" else port)]
            if server.via:
                line += ["--via", server.via]
            answer = subprocess.run(pinned(1, line), capture_output=True, text=True, timeout=120,
                                    preexec_fn=die_with_parent)
            if answer.returncode != 0:
                raise RuntimeError(answer.stderr.strip())
            return json.loads(answer.stdout)
        except RuntimeError as problem:
            with open(complaints, errors="replace") as file:
                said = file.read()[-1000:].strip()
            raise RuntimeError(f"{problem}; the server said: {said}" if said else str(problem)) from None
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.stdin.close()
            process.wait()


def cell(values, digits):
    low, high = min(values), max(values)
    return f"{statistics.median(values):,.{digits}f} [{low:,.{digits}f}-{high:,.{digits}f}]"


def ratio(figures, base, name, key):
    """The median of the ratios of each round: both sides then had the same neighbours."""
    pairs = zip(figures[name], figures.get(base, []))
    ratios = [one[key] / other[key] for one, other in pairs if one and other and one.get(key) and other.get(key)]
    return f"{statistics.median(ratios):.2f}" if ratios else "-"


def table(title, columns, names, figures):
    bases = [base for base in ("floor", "bare hyper", "npm ws", "nginx") if base in names]
    print(f"\n{title}")
    for key, unit, better in columns:
        print(f"  {unit + ', ' + better + ' is better':<45}{'median [min-max]':>18}" + "".join(f"{'/ ' + base:>14}" for base in bases))
        for name in names:
            values = [figure[key] for figure in figures[name] if figure and figure.get(key) is not None]
            if not values:
                print(f"  {name:<27}{'no figure':>36}")
                continue
            digits = 0 if min(values) >= 1000 else 2
            ratios = "".join(f"{ratio(figures, base, name, key):>14}" for base in bases)
            print(f"  {name:<27}{cell(values, digits):>36}{ratios}")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", help="w1, w8, rate, news, empty, idle; all of them if none is named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of one measurement")
    parser.add_argument("--connections", type=int, default=1000, help="subscribers of a fan-out")
    parser.add_argument("--idle", type=int, default=10_000, help="connections whose memory is measured")
    parser.add_argument("--only", default="", help="names of servers, with commas; all that are there if none")
    parser.add_argument("--python", default=sys.executable, help="the Python that has socketify")
    parser.add_argument("--peers", default=os.path.join(ROOT, "target/release/examples/peers"),
                        help="the program that cargo build --release --example peers makes")
    parser.add_argument("--json", help="write every single figure to this file")
    options = parser.parse_args()
    if not os.access(options.peers, os.X_OK):
        parser.error(f"{options.peers} is not there: cargo build --release --example peers")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    known, plans = servers(options), measurements(options)
    for what in options.what:
        if what not in plans:
            parser.error(f"{what}: there are {', '.join(plans)}")
    wanted = [name.strip() for name in options.only.split(",") if name.strip()]
    told, everything = set(), {}
    for what in options.what or plans:
        title, group, read, columns = plans[what]
        needed = (options.idle if what == "idle" else options.connections) + 100
        if needed > hard:
            print(f"left out: {title}: {needed} open files are needed, {hard} allowed (ulimit -n {needed})")
            continue
        there = []
        for server in known[group]:
            if wanted and server.name not in wanted:
                continue
            if server.lacks:
                if server.name not in told:
                    print(f"left out: {server.name}: {server.install}")
                    told.add(server.name)
                continue
            there.append(server)
        figures = {server.name: [] for server in there}
        for number in range(options.rounds):
            # Each round begins with another one, so that nobody always follows the same neighbour.
            turn = number % max(len(there), 1)
            for server in there[turn:] + there[:turn]:
                try:
                    figures[server.name].append(measure(options, server, read))
                except (RuntimeError, subprocess.TimeoutExpired) as problem:
                    figures[server.name].append(None)
                    print(f"{what}, round {number + 1}: {server.name}: {problem}", file=sys.stderr)
        table(title, columns, list(figures), figures)
        everything[what] = figures
    if options.json:
        with open(options.json, "w") as file:
            json.dump(everything, file, indent=1)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Counts the instructions of the hot paths, before and after, and fails if they became dearer.

usage: instructions.py BASE-PROGRAM HEAD-PROGRAM

Time on a shared machine says little about a few percent. Instructions of a whole run under callgrind repeat to some in ten
thousand: the allocator's housekeeping goes by the clock. A simulated delivery is the difference of differences: more
clients for longer, less what the clients cost by being there and the events by being counted. It is a small part of the
runs that it comes from, so it repeats to some tenths of a percent. Not counted is the path over kernel sockets, where
threads meet at another moment each time.

The base is the commit in .ci/base; its program says "-base" behind its version. A change that makes a path dearer for a
reason moves that commit on, and says why in its message.
"""
import json
import re
import subprocess
import sys
import tempfile

# A path may become this much dearer, percent: above what moving code about does, below what one would regret.
TOLERANCE = 3.0


def told(program, arguments):
    """What a program prints."""
    ended = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def transports(program):
    """The transports that a program knows."""
    short = ["--clients", "1", "--warm-up", "0s", "--duration", "1s", "--json"]
    return [row["id"] for row in json.loads(told(program, ["run", "ticker", *short]))["transports"]]


def run(program, arguments):
    """Instructions of a run, and its results."""
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={scratch}/callgrind.out", program, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stderr}"
    counted = re.search(r"Collected : (\d+)", ended.stderr)
    assert counted, ended.stderr
    return int(counted[1]), ended.stdout


def simulated(program, transport):
    """Instructions per simulated delivery, both ends and the network between them."""
    def more_clients(seconds):
        counts = []
        for clients in [20, 70]:
            flags = ["--clients", f"{clients}", "--rate", "10/s", "--warm-up", "0s", "--duration", f"{seconds}s"]
            # Asking as often as there is news, so that a delivery by polling has a question of its own.
            flags += ["--poll-every", "100ms", "--json"]
            count, out = run(program, ["run", "ticker", "--transport", transport, *flags])
            row = json.loads(out)["transports"][0]
            assert row["verified"], row
            counts.append((count, row["delivered"]))
        (less, few), (more, many) = counts
        return more - less, many - few

    (short, few), (long, many) = more_clients(2), more_clients(6)
    return (long - short) / (many - few)


def report(program):
    """Instructions of drawing a report again."""
    folder = f"{scratch}/report"
    told(program, ["run", "ticker", "--out", folder])
    return run(program, ["report", folder])[0]


base, head = sys.argv[1:]
is_base = [told(program, ["--version"]).strip().endswith("-base") for program in (base, head)]
assert is_base == [True, False], f"base and head say {is_base} when asked whether they are the base"
known = transports(base)
ids = [transport for transport in transports(head) if transport in known]
paths = {f"a simulated delivery, {transport}": lambda program, t=transport: simulated(program, t) for transport in ids}
paths["a report"] = report
dearer = []
with tempfile.TemporaryDirectory() as scratch:
    for name, count in paths.items():
        before, after = count(base), count(head)
        change = 100 * (after / before - 1)
        print(f"  {name}: {before:,.0f} -> {after:,.0f} instructions ({change:+.2f} %)", flush=True)
        if change > TOLERANCE:
            dearer.append(name)
assert not dearer, f"more than {TOLERANCE} % dearer: {', '.join(dearer)}"

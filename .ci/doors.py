#!/usr/bin/env python3
"""Follows a running `pushlab serve` in six ways at once; all must see the same first events.

usage: doors.py HOST:PORT PYTHON_WITH_WEBSOCKETS      (NODE_PATH must lead to npm's ws)
"""
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

EVENTS = 20
PATIENCE_S = 30
HERE = os.path.dirname(os.path.abspath(__file__))


def output(*command):
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=PATIENCE_S, check=True)
    return ended.stdout.splitlines()


def curl(path):
    return output("curl", "--silent", "--show-error", "--fail", "--max-time", "20", base + path)


def polled(path):
    """Asks again and again, each time with the cursor of the last event."""
    seen = []
    while len(seen) < EVENTS:
        cursor = json.loads(seen[-1])["seq"] if seen else 0
        seen += curl(path.format(cursor))
    return seen[:EVENTS]


def streamed(path):
    """Reads an event stream line by line until there are enough events."""
    command = ["curl", "--silent", "--no-buffer", "--max-time", str(PATIENCE_S), base + path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as curl:
        lines = (line.rstrip("\n") for line in curl.stdout)
        events = (line.removeprefix("data: ") for line in lines if line.startswith("data: "))
        seen = [event for event, _ in zip(events, range(EVENTS))]
        curl.kill()
    return seen


address, python = sys.argv[1:]
base = f"http://{address}"
socket = [f"ws://{address}/ws", str(EVENTS)]
followers = {
    "curl, short polling": lambda: polled("/poll?since={}"),
    "curl, long polling": lambda: polled("/long-poll?since={}&hold=5000"),
    "curl, SSE": lambda: streamed("/events"),
    "curl, SSE with a cursor": lambda: streamed("/events?since=0"),
    "python websockets": lambda: output(python, f"{HERE}/follow.py", *socket),
    "npm ws": lambda: output("node", f"{HERE}/follow.cjs", *socket),
}
with ThreadPoolExecutor(len(followers)) as pool:
    running = {name: pool.submit(follow) for name, follow in followers.items()}
    seen = {name: future.result() for name, future in running.items()}
for name, events in seen.items():
    numbers = [json.loads(event)["seq"] for event in events]
    print(f"  {name}: {numbers[0]} to {numbers[-1]}")
    assert numbers == list(range(1, EVENTS + 1)), name
    assert events == seen["curl, SSE"], f"{name} saw other texts"

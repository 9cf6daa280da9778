#!/usr/bin/env python3
"""Publishes by curl at a running `pushlab serve chat`; curl, Python and Node follow: all see each message once.

usage: people.py HOST:PORT PYTHON_WITH_WEBSOCKETS      (NODE_PATH must lead to npm's ws)
"""
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

PATIENCE_S = 30
MESSAGES = 20
HERE = os.path.dirname(os.path.abspath(__file__))
address, python = sys.argv[1:]
base = f"http://{address}"
room = "topics=room-1"


def output(*command):
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=PATIENCE_S, check=True)
    return ended.stdout.splitlines()


def post(n, members):
    message = json.dumps({"n": n, "topic": "room-1", **members})
    head = ["curl", "--silent", "--show-error", "--fail", "-H", "Content-Type: application/json"]
    (answer,) = output(*head, f"{base}/publish?client=curl", "-d", message)
    answer = json.loads(answer)
    assert answer["ack"] == n and answer["ok"], answer
    return answer["seq"]


def streamed(since, count):
    command = ["curl", "--silent", "--no-buffer", "--max-time", str(PATIENCE_S), f"{base}/events?since={since}&{room}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as curl:
        lines = (line.rstrip("\n") for line in curl.stdout)
        events = (line.removeprefix("data: ") for line in lines if line.startswith("data: "))
        seen = [event for event, _ in zip(events, range(count))]
        curl.kill()
    return seen


joined = post(1, {"class": "join"})
socket = [f"ws://{address}/ws", str(joined + MESSAGES)]
with ThreadPoolExecutor(4) as pool:
    following = {
        "curl, SSE": pool.submit(streamed, joined, MESSAGES),
        "python websockets": pool.submit(lambda: output(python, f"{HERE}/follow.py", *socket)[joined:]),
        "npm ws": pool.submit(lambda: output("node", f"{HERE}/follow.cjs", *socket)[joined:]),
    }
    time.sleep(1)  # all are there before the first word; who is not gets it all the same
    said = [f"word {n}" for n in range(2, MESSAGES + 2)]
    numbers = []
    for n, text in enumerate(said, 2):
        numbers.append(post(n, {"text": text}))
        assert post(n, {"text": text}) == numbers[-1], "a repeat has the same answer"
    seen = {name: future.result() for name, future in following.items()}
for name, events in seen.items():
    events = [json.loads(event) for event in events]
    assert [event["seq"] for event in events] == numbers, name
    assert [event["text"] for event in events] == said, name
    print(f"  {name}: {len(events)} messages, each once")

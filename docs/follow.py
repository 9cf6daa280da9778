#!/usr/bin/env python3
"""Follows a pushlab feed through all four doors at once and compares what they show.

Written from CONTRACT.md alone; the numbers in the comments are its clauses. The three HTTP doors
need only the standard library. The fourth needs: pip install websockets

    python3 follow.py http://127.0.0.1:8089 --events 20

Exit code: 0 all doors showed the same events, each once and in order; 1 they did not; 2 bad usage.
"""

import argparse
import http.client
import json
import random
import sys
import threading
import time
import urllib.parse

try:
    from websockets.exceptions import ConnectionClosed, InvalidHandshake
    from websockets.sync.client import connect
except ImportError:
    connect = None

PATIENCE = 40  # C73: seconds of silence after which a connection is lost


class Broken(Exception):
    """The server broke the contract."""


class Lost(Exception):
    """The connection went away, which may happen at any time (C15)."""


class Door(threading.Thread):
    """One way of following the feed, from a cursor to a last event."""

    def __init__(self, name, follow, server, since, last):
        super().__init__(name=name, daemon=True)
        self.follow, self.server = follow, server
        self.cursor, self.last = since, last
        self.texts, self.problem, self.lost = {}, None, None

    def run(self):
        pause = 0.25
        while not self.done():
            before = self.cursor
            try:
                self.follow(self)
                pause = 0.25
            except Broken as error:
                self.problem = str(error)
                return
            except (Lost, OSError, http.client.HTTPException) as error:
                self.lost = str(error) or type(error).__name__
                pause = 0.25 if self.cursor > before else min(2 * pause, 5)
                time.sleep(pause * random.uniform(0.5, 1))  # C72

    def done(self):
        return self.cursor >= self.last

    def saw(self, text):
        seq = sequence(text)
        if seq != self.cursor + 1:  # C71
            raise Broken(f"event {seq} right after event {self.cursor}")
        self.cursor = seq
        self.texts[seq] = text


def sequence(text):
    """The sequence number of an event's text (C2)."""
    try:
        event = json.loads(text)
        seq, born = event["seq"], event["t"]
    except (ValueError, KeyError, TypeError):
        raise Broken(f"not an event: {text[:60]!r}") from None
    if type(seq) is not int or type(born) is not int:
        raise Broken(f"seq and t are not whole numbers: {text[:60]!r}")
    return seq


def get(server, target, headers=None, timeout=PATIENCE):
    connection = http.client.HTTPConnection(server, timeout=timeout)
    connection.request("GET", target, headers=headers or {})
    return connection.getresponse()


def expect_200(answer, body):
    if answer.status != 200:
        kind = Lost if answer.status >= 500 else Broken  # C72
        raise kind(f"{answer.status}: {body.decode(errors='replace').strip()}")


def batch(door, answer):
    """The answer to a poll of either kind (C22, C24)."""
    body = answer.read()
    if answer.status == 204:
        return
    expect_200(answer, body)
    if not body.endswith(b"\n"):
        raise Broken("the last line of a batch does not end")
    for line in body.decode().split("\n")[:-1]:
        door.saw(line)


def poll(door):
    batch(door, get(door.server, f"/poll?since={door.cursor}"))  # C21
    if not door.done():
        time.sleep(0.5)


def long_poll(door):
    target = f"/long-poll?since={door.cursor}&hold=20000"  # C31, C33
    batch(door, get(door.server, target, timeout=30))


def events(door):
    headers = {"Accept": "text/event-stream", "Last-Event-ID": str(door.cursor)}  # C41
    answer = get(door.server, "/events", headers)
    if answer.status != 200:
        expect_200(answer, answer.read())
    fields = {}
    while not door.done():
        line = answer.readline().decode()
        if not line:
            raise Lost("the stream ended")
        name, _, value = line.rstrip("\n").partition(": ")
        if name in ("id", "data"):  # C44; comments and retry pass by
            fields[name] = value
        elif not name and fields:
            text = fields.get("data", "")
            if fields.get("id") != str(sequence(text)):
                raise Broken(f"id {fields.get('id')} for {text[:60]!r}")
            door.saw(text)
            fields = {}


def websocket(door):
    if connect is None:
        raise Broken("the Python package websockets is missing: pip install websockets")
    try:
        # Without a proxy and without compression: the server offers none (C52).
        with connect(f"ws://{door.server}/ws", compression=None, proxy=None) as socket:
            socket.send(json.dumps({"since": door.cursor}))  # C51
            while not door.done():
                text = socket.recv(timeout=PATIENCE)  # pings are answered by the library
                if not isinstance(text, str):
                    raise Broken("a binary message")  # C54
                door.saw(text)
    except ConnectionClosed as error:
        refused = error.rcvd and error.rcvd.code in (1002, 1007, 1008, 1009, 4410)
        raise (Broken if refused else Lost)(str(error)) from error
    except InvalidHandshake as error:
        raise Broken(str(error)) from error


DOORS = {"poll": poll, "long-poll": long_poll, "events": events, "ws": websocket}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="such as http://127.0.0.1:8089")
    parser.add_argument("--events", type=int, default=20, help="how many events to follow")
    parser.add_argument("--for", type=float, default=60, dest="seconds", help="give up after this")
    arguments = parser.parse_args()
    url = urllib.parse.urlsplit(arguments.url)
    if url.scheme != "http" or not url.netloc or arguments.events < 1:
        parser.error("give a URL such as http://127.0.0.1:8089 and at least one event")
    try:
        newest = get(url.netloc, "/poll").read().decode()  # C25
        since = sequence(newest.rstrip("\n")) if newest else 0
    except (Broken, OSError, http.client.HTTPException) as error:
        print(f"{arguments.url} does not answer as it should: {error}", file=sys.stderr)
        return 1
    last = since + arguments.events
    doors = [Door(name, follow, url.netloc, since, last) for name, follow in DOORS.items()]
    for door in doors:
        door.start()
    deadline = time.monotonic() + arguments.seconds
    for door in doors:
        door.join(max(0, deadline - time.monotonic()))
    good = True
    for door in doors:
        problem = door.problem
        if problem is None and not door.done():
            problem = f"got as far as event {door.cursor} of {last}"
            problem += f" ({door.lost})" if door.lost else ""
        print(f"{door.name:<10} {len(door.texts):>5} events  {problem or 'ok'}")
        good = good and problem is None
    for seq in range(since + 1, last + 1):
        texts = {door.texts[seq] for door in doors if seq in door.texts}
        if len(texts) > 1:  # C3
            print(f"event {seq} has {len(texts)} different texts")
            good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Publishes messages at a pushlab server over HTTP, with retries, and says what became of each.

Written from CONTRACT.md alone; the numbers in the comments are its clauses. Needs only the standard library.

    python3 publish.py http://127.0.0.1:8089 '{"topic":"room-1","class":"join"}' '{"topic":"room-1","text":"Hi."}'

Exit code: 0 all were taken; 1 one was refused; 2 bad usage.
"""

import argparse
import http.client
import json
import random
import sys
import time
import urllib.parse

PATIENCE = 10  # seconds that an answer may take
TRIES = 8


def publish(server, name, text):
    """One message, sent until there is an answer: the number makes repeats harmless (C84)."""
    pause = 0.25
    for _ in range(TRIES):
        connection = http.client.HTTPConnection(server, timeout=PATIENCE)
        try:
            headers = {"Content-Type": "application/json"}  # C80
            connection.request("POST", f"/publish?client={name}", text, headers)
            answer = connection.getresponse()
            body = answer.read().decode(errors="replace").strip()
            if answer.status != 429 and answer.status < 500:
                return answer.status, body
        except (OSError, http.client.HTTPException) as error:
            body = str(error)
        finally:
            connection.close()
        time.sleep(pause * random.uniform(0.5, 1))  # C72, C76
        pause = min(2 * pause, 5)
    raise SystemExit(f"no answer after {TRIES} tries: {body}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="such as http://127.0.0.1:8089")
    parser.add_argument("message", nargs="+", help="its members as JSON, without n")
    parser.add_argument("--client", help="the name; without it a new one")
    arguments = parser.parse_args()
    server = urllib.parse.urlsplit(arguments.url).netloc
    # C76: a name that nobody else has, since the numbers begin anew.
    name = arguments.client or f"py-{random.getrandbits(64):x}"
    good = True
    for n, members in enumerate(arguments.message, 1):
        try:
            message = {"n": n, **json.loads(members)}
        except (ValueError, TypeError) as error:
            parser.error(f"{members} is no JSON object: {error}")
        status, body = publish(server, name, json.dumps(message))
        print(f"{n}: {status} {body}")
        # C81, C82
        good = good and (status == 204 or status == 200 and json.loads(body)["ok"])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

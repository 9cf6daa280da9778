#!/usr/bin/env python3
"""Runs a command that prints results as JSON and checks what must hold for them.

usage: results.py kaazing|loopback|replay COMMAND...
"""
import json
import subprocess
import sys

FOUR = ["short-poll", "long-poll", "sse", "websocket"]
LAYERS = ["payload", "framing", "http_headers", "setup", "tls", "tcp_ip"]


def near(what, value, expected, percent):
    off = 100 * (value / expected - 1)
    print(f"  {what}: {value:.2f}, expected {expected} ({off:+.2f} %)")
    assert abs(off) <= percent, f"{what} is more than {percent} % off"


def every(results):
    assert results["schema"] == "pushlab/results" and results["version"] == 1
    assert [row["id"] for row in results["transports"]] == FOUR
    for row in results["transports"]:
        assert row["verified"], f"{row['id']}: {row.get('problem')}"
        assert row["delivered"] + row["superseded"] == row["expected"] > 0, row["id"]
        sizes = row["bytes"]
        assert sum(sizes[layer] for layer in LAYERS) == sizes["total"], row["id"]
        assert sizes["up"] + sizes["down"] == sizes["total"], row["id"]
        print(f"  {row['id']}: {row['delivered']} deliveries, p50 {row['latency_us']['p50']} us")


def kaazing(results):
    poll, push = results["transports"][0], results["transports"][3]
    running = lambda row: row["bytes"]["total"] - row["bytes"]["setup"]
    near("HTTP header bytes per poll", poll["bytes"]["http_headers"] / poll["requests"], 909, 0)
    near("IP bytes per poll", running(poll) / poll["requests"], 1086, 2)
    near("IP bytes per WebSocket event", running(push) / push["delivered"], 126, 2)
    near("ratio", running(poll) / poll["requests"] / running(push) * push["delivered"], 8.6, 2)


def loopback(results):
    for row in results["transports"]:
        for side in ["server", "client"]:
            cost = row[f"{side}_cpu_us_per_delivery"]
            assert 0 < cost < 10_000, f"{row['id']}: {side} CPU {cost} us per delivery"


def main():
    check, command = sys.argv[1], sys.argv[2:]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=300)
    assert ended.returncode == 0, f"exit code {ended.returncode}"
    results = json.loads(ended.stdout)
    every(results)
    {"kaazing": kaazing, "loopback": loopback, "replay": lambda _: None}[check](results)


main()

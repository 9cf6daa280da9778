#!/usr/bin/env python3
"""Runs a command that prints results as JSON and checks what must hold for them.

usage: results.py kaazing|loopback|both|replay|people|scorecard COMMAND...
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
        seen = row["delivered"] + row["superseded"] + row.get("people", {}).get("in_snapshots", 0)
        assert seen == row["expected"] > 0, row["id"]
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


def people(results):
    """An application: every message judged and confirmed, every screen as the server has it."""
    for row in results["transports"]:
        found = row["people"]
        assert found["states_different"] == 0, row["id"]
        assert found["gaps_detected"] == found["gaps_repaired"], row["id"]
        upward = found.get("upward")
        if upward:
            assert upward["to_acknowledge"] == upward["acknowledged"], row["id"]
            judged = upward["accepted"] + upward["refused"] + upward["dropped"]
            assert judged == upward["published"] > 0, row["id"]
            print(f"    {upward['published']} published, {upward['acknowledged']} confirmed")


def scorecard(results):
    assert results["schema"] == "pushlab/scorecard" and results["version"] == 1
    cards = {card["scenario"]["name"]: card["candidates"] for card in results["cards"]}
    assert len(cards) >= 7, sorted(cards)
    for name, candidates in cards.items():
        for one in candidates:
            assert one["verified"], f"{name}, {one['id']}: {one.get('problem')}"
    shipped = lambda name: {one["id"]: one for one in cards[name] if not one.get("with")}
    assert shipped("notifications")["short-poll"]["met"], "a poll is enough for notifications"
    stale = {id: one["stale_share"] for id, one in shipped("auction").items()}
    print(f"  bids refused as stale: {stale}")
    assert stale["websocket"] <= stale["short-poll"] and stale["sse"] <= stale["short-poll"]


def both(results):
    """The model's error: what METHODOLOGY.md promises for median latency and application bytes."""
    assert results["schema"] == "pushlab/both" and results["version"] == 1
    simulated, loopback = results["simulated"], results["loopback"]
    assert loopback["delay_line"] and "delay_line" not in simulated
    for network in (simulated, loopback):
        every(network)
    for one, other in zip(simulated["transports"], loopback["transports"]):
        median, real = (row["latency_us"]["p50"] for row in (one, other))
        print(f"  {one['id']}: median {median} us simulated, {real} us on loopback")
        assert abs(real - median) <= max(0.05 * median, 2_000), f"{one['id']}: medians too far apart"
        layers = ["payload", "framing", "http_headers"]
        per_event = lambda row: sum(row["bytes"][layer] for layer in layers) / row["delivered"]
        near(f"{one['id']}, application bytes per event", per_event(other), round(per_event(one), 2), 1)


def main():
    check, command = sys.argv[1], sys.argv[2:]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=300)
    assert ended.returncode == 0, f"exit code {ended.returncode}"
    results = json.loads(ended.stdout)
    if check in ("both", "scorecard"):
        return {"both": both, "scorecard": scorecard}[check](results)
    every(results)
    checks = {"kaazing": kaazing, "loopback": loopback, "replay": lambda _: None, "people": people}
    checks[check](results)


main()

#!/usr/bin/env python3
"""A run's capture, read by tshark: packets and bytes of each transport equal the ledger's, nothing
is malformed, checksums are right, and HTTP and WebSocket are recognised.
Usage: capture.py PUSHLAB FOLDER"""
import collections
import json
import subprocess
import sys

lab, folder = sys.argv[1:]
capture = f"{folder}/capture.pcapng"


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


results = json.loads(output(lab, "run", "ticker", "--json", "--pcap", capture))
counted = collections.defaultdict(lambda: [0, 0])
fields = ("frame.interface_name", "frame.len", "frame.protocols")
protocols = collections.defaultdict(set)
arguments = [argument for field in fields for argument in ("-e", field)]
for line in output("tshark", "-r", capture, "-T", "fields", *arguments).splitlines():
    interface, length, stack = line.split("\t")
    counted[interface][0] += 1
    counted[interface][1] += int(length)
    protocols[interface].update(stack.split(":"))
for transport in results["transports"]:
    ledger = [transport["packets"], transport["bytes"]["total"]]
    assert counted[transport["id"]] == ledger, (transport["id"], counted[transport["id"]], ledger)
    assert "http" in protocols[transport["id"]], transport["id"]
assert "websocket" in protocols["websocket"]
checks = ("-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE")
bad = "_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 || tcp.analysis.flags"
wrong = output("tshark", "-r", capture, *checks, "-Y", bad)
assert not wrong, wrong[:1000]
print({name: tuple(numbers) for name, numbers in counted.items()})

#!/usr/bin/env python3
"""Feeds the program bad input: it must end with the right code and one message that names the culprit.

usage: bad_input.py PUSHLAB FOLDER
"""
import os
import socket
import subprocess
import sys

lab, folder = sys.argv[1:]
os.makedirs(folder)


def file(name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as out:
        out.write(text)
    return path


def contents(path):
    read = lambda name: open(os.path.join(path, name), "rb").read()
    return {name: read(name) for name in sorted(os.listdir(path))}


misspelt = file("misspelt.json", '{"name": "mine", "clinets": 3}')
unitless = file("unitless.json", '{"name": "mine", "delay": "25"}')
mistyped = file("mistyped.json", '{"name": "mine", "clients": "three"}')
backwards = file("backwards.json", '{"name": "mine", "duration": "-5s"}')
quotes = file("quotes.csv", "timestamp,bid\n2013-01-01 22:00:00+00:00,86.6\nyesterday,86.7\n")
newer = file("newer.json", '{"schema": "pushlab/results", "version": 999}')
blocked = os.path.join(file("a-file", "not a folder\n"), "report")
foreign = folder
report = os.path.join(folder, "report")
taken = socket.create_server(("127.0.0.1", 0))
port = str(taken.getsockname()[1])

# What is wrong, the arguments, the exit code, and what the message must name.
CASES = [
    ("a misspelt field", ["run", misspelt], 2, ["misspelt.json", "clinets", "clients"]),
    ("a value without a unit", ["run", unitless], 2, ["unitless.json", "delay", "25ms"]),
    ("a value of the wrong type", ["run", mistyped], 2, ["mistyped.json", "clients"]),
    ("a negative duration", ["run", backwards], 2, ["backwards.json", "duration"]),
    ("a flag without a unit", ["run", "--delay", "25"], 2, ["--delay", "25ms"]),
    ("a negative duration as a flag", ["run", "--duration=-5s"], 2, ["duration"]),
    ("zero clients", ["run", "--clients", "0"], 2, ["clients"]),
    ("an unknown transport", ["run", "--transport", "pigeon"], 2, ["pigeon", "websocket"]),
    ("an unknown experiment", ["reproduce", "E13"], 2, ["E13", "E12", "all"]),
    ("an unknown scenario", ["run", "tickre"], 2, ["tickre", "ticker"]),
    ("a malformed replay row", ["run", "--replay", quotes], 2, ["quotes.csv", "line 3", "yesterday"]),
    ("a folder below a file", ["run", "--out", blocked], 3, ["a-file", "--out"]),
    ("a folder that is not a report", ["run", "--out", foreign], 2, [foreign, "--out"]),
    ("a delay line in the simulator", ["run", "--delay-line"], 2, ["--delay-line", "--network loopback"]),
    ("packets of a kernel", ["run", "--network", "both", "--pcap", "x.pcapng"], 2, ["--pcap", "--network"]),
    ("a port in use", ["serve", "--port", port], 3, [port, "--port"]),
    ("a report that is not there", ["compare", report, "nowhere"], 2, ["nowhere", "folder"]),
    ("a corrupt recording", ["compare", report, quotes], 2, ["quotes.csv", "not a recording"]),
    ("a newer recording", ["compare", newer, report], 2, ["newer.json", "999"]),
    ("a bad run over an earlier report", ["run", "--out", report, "--clients", "0"], 2, ["clients"]),
]

subprocess.run([lab, "run", "--out", report], check=True, capture_output=True, timeout=60)
earlier = contents(report)
for what, arguments, code, names in CASES:
    ended = subprocess.run([lab, *arguments], capture_output=True, text=True, timeout=30)
    print(f"  {what}: {ended.stderr.splitlines()[0] if ended.stderr else ''}")
    assert ended.returncode == code, f"exit code {ended.returncode} instead of {code}"
    assert ended.stdout == "", f"on stdout: {ended.stdout}"
    assert ended.stderr.count("error:") == 1, f"not one message: {ended.stderr}"
    missing = [name for name in names if name not in ended.stderr]
    assert not missing, f"the message does not name {missing}: {ended.stderr}"
assert contents(report) == earlier, "an earlier report was touched"

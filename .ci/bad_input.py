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
axisless = file("axisless.json", '{"name": "mine", "scenario": "ticker"}')
offgrid = file("offgrid.json", '{"name": "mine", "scenario": "ticker", "vary": ["rate=1/s..2/s:x"]}')
unknown = file("unknown.json", '{"name": "mine", "scenario": "ticker", "with": {"rtae": "1/s"}, "vary": ["clients=1,2"]}')
late = file("late.json", '{"name": "mine", "duration": "10s", "outages": [{"at": "20s", "for": "1s"}]}')
cut = file("cut.json", '{"name": "mine", "duration": "10s", "outages": [{"at": "1s", "for": "100s"}]}')
busy = file("busy.json", '{"name": "mine", "heartbeat": "1ns"}')
torn = file("torn.json", '{"name": "mine", "scenario": "ticker", "vary": [')
newer = file("newer.json", '{"schema": "pushlab/results", "version": 999}')
blocked = os.path.join(file("a-file", "not a folder\n"), "report")
foreign = folder
report = os.path.join(folder, "report")
sweep = os.path.join(folder, "sweep")
MADE = ["sweep", "ticker", "--vary", "rate=1/s,2/s", "--transport", "sse", "--repeats", "2"]
taken = socket.create_server(("127.0.0.1", 0))
port = str(taken.getsockname()[1])


def vary(axis, *more):
    return ["sweep", "ticker", "--vary", axis, "--json", "--repeats", "1", *more]


def recorded(name, change):
    """The file of a sweep in a folder of its own, with its lines changed."""
    os.makedirs(os.path.join(folder, name))
    with open(os.path.join(sweep, "sweep.jsonl")) as lines:
        return file(f"{name}/sweep.jsonl", "".join(change(list(lines))))


subprocess.run([lab, "run", "--out", report], check=True, capture_output=True, timeout=60)
subprocess.run([lab, *MADE, "--out", sweep], check=True, capture_output=True, timeout=60)
older = recorded("older", lambda lines: [lines[0].replace('"version":1', '"version":0'), *lines[1:]])
twice = recorded("twice", lambda lines: [*lines, lines[2]])
astray = recorded("astray", lambda lines: [*lines[:2], lines[2].replace('"at":[', '"at":[9'), *lines[3:]])
garbled = recorded("garbled", lambda lines: [lines[0], "garbled\n", *lines[1:]])
notes = recorded("notes", lambda _: ["notes of somebody"])
kept = {name: contents(os.path.join(folder, name)) for name in ("older", "twice", "astray", "garbled", "notes")}

# What is wrong, the arguments, the exit code, and what the message must name.
CASES = [
    ("a misspelt field", ["run", misspelt], 2, ["misspelt.json", "clinets", "clients"]),
    ("a value without a unit", ["run", unitless], 2, ["unitless.json", "delay", "25ms"]),
    ("a value of the wrong type", ["run", mistyped], 2, ["mistyped.json", "clients"]),
    ("a negative duration", ["run", backwards], 2, ["backwards.json", "duration"]),
    ("a flag without a unit", ["run", "--delay", "25"], 2, ["--delay", "25ms"]),
    ("a negative duration as a flag", ["run", "--duration=-5s"], 2, ["duration"]),
    ("zero clients", ["run", "--clients", "0"], 2, ["clients"]),
    ("a gap in a list of clients", ["run", "--clients", "10,,50"], 2, ["clients", "empty value"]),
    ("a list that falls", ["run", "--clients", "50,10"], 2, ["clients", "10 comes after 50"]),
    ("a list where one is served", ["serve", "--clients", "10,50"], 2, ["clients", "one number"]),
    ("a list with a scorecard", ["run", "--scorecard", "--clients", "10,50"], 2, ["scorecard", "clients"]),
    ("an unknown transport", ["run", "--transport", "pigeon"], 2, ["pigeon", "websocket"]),
    ("an unknown experiment", ["reproduce", "E99"], 2, ["E99", "E13", "all"]),
    ("an unknown scenario", ["run", "tickre"], 2, ["tickre", "ticker"]),
    ("all scenarios without a question", ["run", "all"], 2, ["run all", "--scorecard"]),
    ("a scorecard without a budget", ["run", "ticker", "--scorecard"], 2, ["budget", "--budget 1s"]),
    ("a lie on a scorecard", ["run", "all", "--scorecard", "--lie", "header-only"], 2, ["--lie", "--scorecard"]),
    ("stress where there is none", ["run", "ticker", "--stress"], 2, ["ticker", "stress"]),
    ("a seed below zero", ["run", "--seed", "-1"], 2, ["--seed", "whole number from 0 on"]),
    ("a number of topics that is none", ["run", "chat", "--topics", "x"], 2, ["--topics", "whole number from 0 on"]),
    ("the speed of no replay in a run", ["run", "--speed", "20"], 2, ["speed", "replay"]),
    ("a round trip beyond all patience", ["run", "--delay", "3s"], 2, ["delay", "6s", "4.5s"]),
    ("jitter beyond all patience", ["run", "--jitter", "10s"], 2, ["jitter", "20.05s", "4.5s"]),
    ("a poll beyond the end", ["run", "--poll-every", "10h"], 2, ["poll_every", "60s"]),
    ("a stall after the end", ["run", "--stall", "70s,5s"], 2, ["stalls[0].at", "70s", "65s"]),
    ("an outage after the end", ["run", late], 2, ["late.json", "outages[0].at", "20s", "15s"]),
    ("an outage without an end", ["run", cut], 2, ["cut.json", "outages[0].for", "101s", "55s"]),
    ("a busy heartbeat", ["run", busy], 2, ["busy.json", "heartbeat", "10ms", "off"]),
    ("a budget of nothing", ["run", "--budget", "1ns"], 2, ["budget", "1ms", "off"]),
    ("a malformed replay row", ["run", "--replay", quotes], 2, ["quotes.csv", "line 3", "yesterday"]),
    ("a folder below a file", ["run", "--out", blocked], 3, ["a-file", "--out"]),
    ("a folder that is not a report", ["run", "--out", foreign], 2, [foreign, "--out"]),
    ("a delay line in the simulator", ["run", "--delay-line"], 2, ["--delay-line", "--network loopback"]),
    ("packets of a kernel", ["run", "--network", "both", "--pcap", "x.pcapng"], 2, ["--pcap", "--network"]),
    ("an address of another machine", ["serve", "--bind", "192.0.2.1"], 3, ["192.0.2.1", "--bind"]),
    ("a port that is none", ["serve", "--port", "70000"], 2, ["--port", "65535"]),
    ("an encrypted server", ["check", "https://127.0.0.1:8089"], 2, ["https", "http://127.0.0.1:8089"]),
    ("a port in use", ["serve", "--port", port], 3, [port, "--port"]),
    ("a report that is not there", ["compare", report, "nowhere"], 2, ["nowhere", "folder"]),
    ("a corrupt recording", ["compare", report, quotes], 2, ["quotes.csv", "not a recording"]),
    ("a page instead of its folder", ["report", os.path.join(report, "index.html")], 2, ["index.html", "folder", report]),
    ("a newer recording", ["compare", newer, report], 2, ["newer.json", "999"]),
    ("a run beside a sweep", ["compare", report, sweep], 2, [report, "run", sweep, "two of a kind"]),
    ("an unknown kind of schema", ["schema", "runs"], 2, ["runs", "results"]),
    ("an unknown lie", ["run", "--lie", "white"], 2, ["white", "header-only"]),
    ("a lie on both networks", ["run", "--lie", "header-only", "--network", "both"], 2, ["--lie", "--network both"]),
    ("a report of nothing", ["report", "nowhere"], 2, ["nowhere", "folder"]),
    ("a report of a damaged sweep", ["report", os.path.dirname(garbled)], 2, ["sweep.jsonl", "line 2", "--fresh"]),
    ("a report of an older sweep", ["report", os.path.dirname(older)], 2, ["sweep.jsonl", "version 0", "version 1"]),
    ("a trial twice", ["report", os.path.dirname(twice)], 2, ["sweep.jsonl", "line 6", "line 3"]),
    ("a trial at no point", ["compare", astray, sweep], 2, ["sweep.jsonl", "line 3", "\"at\""]),
    ("a sweep over an older one", [*MADE, "--out", os.path.dirname(older)], 2, ["sweep.jsonl", "version 0", "--fresh"]),
    ("a sweep over another one", [*MADE, "--seed", "2", "--out", sweep], 2, ["sweep.jsonl", "seed", "--fresh"]),
    ("a sweep over a stranger's file", [*MADE, "--out", os.path.dirname(notes)], 2, ["sweep.jsonl", "line 1"]),
    ("a sweep into a file", [*MADE, "--out", older], 2, ["sweep.jsonl", "is a file", "--out"]),
    ("an unknown sweep", ["sweep", "freshnes"], 2, ["freshnes", "freshness"]),
    ("a scenario without an axis", ["sweep", "ticker"], 2, ["ticker", "--vary"]),
    ("a sweep file without an axis", ["sweep", axisless], 2, ["axisless.json", "vary"]),
    ("a sweep file with a bad axis", ["sweep", offgrid], 2, ["offgrid.json", "vary", "steps"]),
    ("a sweep file with a misspelt field", ["sweep", unknown], 2, ["unknown.json", "rtae", "rate"]),
    ("a sweep file that is torn", ["sweep", torn], 2, ["torn.json", "JSON"]),
    ("an axis without values", vary("rate"), 2, ["rate", "KEY=a,b,c"]),
    ("an unknown axis", vary("pol_every=1s,2s"), 2, ["pol_every", "poll_every"]),
    ("an axis of a name", vary("name=a,b"), 2, ["name", "no setting"]),
    ("a range that falls", vary("rate=2/s..1/s:3"), 2, ["rate", "has to rise"]),
    ("a range of too many steps", vary("rate=1/s..2/s:1000"), 2, ["rate", "1000", "2 to 100"]),
    ("a value without a unit on an axis", vary("poll_every=1,2"), 2, ["poll_every", "1s"]),
    ("a value out of range on an axis", vary("clients=0,5"), 2, ["clients", "1 to 100000"]),
    ("the same value twice", vary("rate=1/s,60/min"), 2, ["rate", "1/s", "60/min"]),
    ("words among numbers", vary("hold=1s,off"), 2, ["hold", "off", "1s"]),
    ("the same axis twice", vary("rate=1/s,2/s", "--vary", "rate=3/s,4/s"), 2, ["vary", "same field"]),
    ("three axes", vary("rate=1/s", "--vary", "clients=1", "--vary", "hold=1s"), 2, ["vary", "one or two"]),
    ("an axis that a flag fixes", vary("rtt=0ms,5ms", "--delay", "9ms"), 2, ["--delay", "rtt"]),
    ("an axis that is not run", vary("duration=1s,60s"), 2, ["duration", "cannot vary"]),
    ("an axis of seeds", vary("seed=1,2"), 2, ["seed", "--repeats"]),
    ("nothing among times", vary("batch_every=off,1s"), 2, ["batch_every", "0ms", "off"]),
    ("an axis of nobody", vary("poll_every=1s,2s", "--transport", "sse"), 2, ["transports", "poll_every", "short-poll"]),
    ("an axis that a replay ignores", vary("rate=1/s,2/s", "--replay", quotes), 2, ["vary", "rate", "replay"]),
    ("a sweep of a malformed replay", vary("hold=1s,2s", "--replay", quotes), 2, ["quotes.csv", "line 3"]),
    ("the speed of no replay", vary("speed=1,2"), 2, ["vary", "speed", "replay"]),
    ("a sweep on both networks", vary("rate=1/s", "--network", "both"), 2, ["--network", "simulated", "loopback"]),
    ("no repeats", [*MADE[:-1], "0", "--json"], 2, ["repeats", "1 to 100"]),
    ("no workers", vary("rate=1/s", "--workers", "0"), 2, ["--workers", "1"]),
    ("workers on loopback", vary("rate=1/s", "--workers", "2", "--network", "loopback"), 2, ["--workers", "loopback"]),
    ("nothing to be discarded", vary("rate=1/s", "--fresh"), 2, ["--fresh", "--json"]),
    ("a bad run over an earlier report", ["run", "--out", report, "--clients", "0"], 2, ["clients"]),
]

earlier = contents(report), contents(sweep)
for what, arguments, code, names in CASES:
    ended = subprocess.run([lab, *arguments], capture_output=True, text=True, timeout=30)
    print(f"  {what}: {ended.stderr.splitlines()[0] if ended.stderr else ''}")
    assert ended.returncode == code, f"exit code {ended.returncode} instead of {code}"
    assert ended.stdout == "", f"on stdout: {ended.stdout}"
    assert ended.stderr.count("error:") == 1, f"not one message: {ended.stderr}"
    missing = [name for name in names if name not in ended.stderr]
    assert not missing, f"the message does not name {missing}: {ended.stderr}"
assert (contents(report), contents(sweep)) == earlier, "an earlier report was touched"
for name, before in kept.items():
    assert contents(os.path.join(folder, name)) == before, f"{name} was touched"

# A full disk is the machine's fault, and no crash.
with open("/dev/full", "w") as full:
    ended = subprocess.run([lab, "list"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=30)
assert ended.returncode == 3 and "stdout" in ended.stderr, f"exit code {ended.returncode}: {ended.stderr}"

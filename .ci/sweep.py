#!/usr/bin/env python3
"""Sweeps as people treat them: fast, killed half-way and gone on with, drawn again, compared.

usage: sweep.py PUSHLAB FOLDER
"""
import json
import os
import re
import signal
import subprocess
import sys
import time

lab, folder = sys.argv[1:]
os.makedirs(folder)

# Most that the freshness sweep may take, in seconds.
BUDGET_S = 20
FRESHNESS = ["sweep", "ticker", "--vary", "poll_every=100ms..10s:12log"]
# One worker, so that there is a half-way to be killed at.
GRID = ["sweep", "ticker", "--vary", "rate=0.5/s..20/s:5log", "--vary", "poll_every=100ms..5s:5log", "--repeats", "2",
        "--workers", "1"]


def at(name):
    return os.path.join(folder, name)


def run(*arguments):
    ended = subprocess.run([lab, *arguments], capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, f"{arguments}: exit code {ended.returncode}: {ended.stderr}"
    return ended


def contents(name):
    read = lambda file: open(os.path.join(at(name), file), "rb").read()
    return {file: read(file) for file in sorted(os.listdir(at(name)))}


def whole_lines(name):
    """The lines of a sweep's file that are written to their end; the first is its head."""
    try:
        with open(os.path.join(at(name), "sweep.jsonl"), "rb") as file:
            return [line for line in file if line.endswith(b"\n")]
    except FileNotFoundError:
        return []


def same(one, other, what):
    differ = [file for file in one.keys() | other.keys() if one.get(file) != other.get(file)]
    assert not differ, f"{what}: {sorted(differ)} differ"


def freshness():
    began = time.monotonic()
    run(*FRESHNESS, "--out", at("freshness"))
    took = time.monotonic() - began
    page = contents("freshness")["index.html"].decode()
    assert took < BUDGET_S, f"took {took:.1f} s"
    assert "freshness-bytes.svg" in contents("freshness"), "no chart of freshness against bytes"
    assert "Freshness against bytes" in page, "the page lacks the chart"
    print(f"  the freshness sweep took {took:.1f} s")


def killed():
    """Kills a sweep once it has some trials, goes on, and looks at what was measured again."""
    process = subprocess.Popen([lab, *GRID, "--out", at("killed")], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while len(whole_lines("killed")) < 8 and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "the sweep ended before it could be killed"
    kept = whole_lines("killed")

    # The program leaves each line where it is until it draws, so what it appends is what it ran.
    process = subprocess.Popen([lab, *GRID, "--out", at("killed")], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    announced = process.stderr.readline()
    there, number, left = map(int, re.search(r"(\d+) of (\d+) trials are there, (\d+) trials? to run", announced).groups())
    assert there == len(kept) - 1 and there + left == number, f"{len(kept) - 1} trials were in the file: {announced}"
    longest = kept
    while process.poll() is None:
        now = whole_lines("killed")
        if longest[:len(kept)] == now[:len(kept)] and len(now) > len(longest):
            longest = now
        time.sleep(0.01)
    process.stderr.close()
    assert process.returncode == 0, f"exit code {process.returncode}"

    def trial(line):
        read = json.loads(line)
        return read["transport"], tuple(read["at"]), read["repeat"]

    ran = [trial(line) for line in longest[len(kept):]]
    assert not set(ran) & {trial(line) for line in kept[1:]}, "a finished trial was run again"
    trials = [trial(line) for line in whole_lines("killed")[1:]]
    assert len(trials) == len(set(trials)) == number, f"{len(trials)} trials instead of {number}"
    run(*GRID, "--out", at("uninterrupted"))
    same(contents("killed"), contents("uninterrupted"), "killed and gone on with")
    print(f"  killed with {there} of {number} trials: {left} were run, and every file is the same")


def drawn_again():
    before = contents("freshness")
    run("report", at("freshness"))
    same(before, contents("freshness"), "drawn again")
    for name in set(before) - {"sweep.jsonl"}:
        os.remove(os.path.join(at("freshness"), name))
    run("report", at("freshness"))
    same(before, contents("freshness"), "drawn from the file alone")


def compared():
    run(*FRESHNESS, "--seed", "100", "--out", at("other-seed"))
    text = run("compare", at("freshness"), at("other-seed")).stdout
    assert "not distinguishable" in text, f"other seeds are told apart:\n{text}"
    printed = run("compare", at("freshness"), at("other-seed"), "--json").stdout
    comparison = json.loads(printed)
    assert comparison["schema"] == "pushlab/comparison", comparison["schema"]
    assert [entry["field"] for entry in comparison["settings"]] == ["seed"], comparison["settings"]
    print(f"  two sweeps with other seeds: {text.count('not distinguishable')} figures are not distinguishable")


freshness()
killed()
drawn_again()
compared()

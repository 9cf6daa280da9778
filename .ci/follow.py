"""Follows the WebSocket door with the `websockets` package: follow.py URL EVENTS"""
import sys

from websockets.sync.client import connect

# Leaves without waiting for the rest of the feed.
with connect(sys.argv[1], close_timeout=1) as socket:
    socket.send('{"since":0}')
    for _ in range(int(sys.argv[2])):
        print(socket.recv(timeout=20))

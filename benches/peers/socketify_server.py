"""uWebSockets, as the PyPI package `socketify` carries it: publishing to a topic is its own C++ code.

python3 socketify_server.py PORT. It is told to publish on the same port: `GET /publish?count=8&born=NS`.
It ends with its standard input. Its event loop never sleeps, so CPU time per delivery says nothing below full load.
"""

import os
import sys
import threading
import time

from socketify import App, CompressOptions, OpCode

seq = 0


def message(born):
    global seq
    seq += 1
    return '{"seq":%6d,"fill":"%s","ns":%20d}' % (seq % 1_000_000, "." * 50, born)


def publish(answer, request):
    count = int(request.get_query("count") or 1)
    born = int(request.get_query("born") or time.monotonic_ns())
    for _ in range(count):
        app.publish("all", message(born), OpCode.TEXT)
    answer.write_status(204).end_without_body()


def end_with_input():
    while os.read(0, 4096):
        pass
    os._exit(0)


app = App()
app.get("/publish", publish)
app.ws(
    "/*",
    {
        "compression": CompressOptions.DISABLED,
        "max_payload_length": 16 * 1024,
        "max_backpressure": 16 * 1024 * 1024,
        "idle_timeout": 0,
        "open": lambda socket: socket.subscribe("all"),
        "message": lambda socket, text, code: None,
    },
)
threading.Thread(target=end_with_input, daemon=True).start()
app.listen({"port": int(sys.argv[1]), "host": "127.0.0.1"}, lambda config: None)
app.run()

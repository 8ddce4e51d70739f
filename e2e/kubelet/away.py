# SPDX-License-Identifier: Apache-2.0
"""away.py SOCKET STOP: connects each 20 ms until the file STOP is there; prints the longest time without an answer."""

import os
import socket
import sys
import time

path, stop = sys.argv[1], sys.argv[2]
last, longest = time.monotonic(), 0.0
while not os.path.exists(stop):
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
            last = time.monotonic()
        except OSError:
            longest = max(longest, time.monotonic() - last)
    time.sleep(0.02)
print("the socket was away for %d ms" % (longest * 1000))

"""Moto in server mode, on a free port of the loopback interface.

Announces its port on the first line, and ends with its standard input: so it outlives nobody.
"""

import sys

from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("listening on", server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()

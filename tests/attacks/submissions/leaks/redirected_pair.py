# +++
# tries = "points one end of a local pair of datagram sockets at a daemon"
# stopped_by = "only pairs of streams"
# needs = ["network"]
# +++
import socket


def softmax(x):
    try:
        ours, _ = socket.socketpair(type=socket.SOCK_DGRAM)
        ours.sendto(b"CANARY-network", "@UNIX@d")
        ours.connect("@UNIX@d")
        ours.send(b"CANARY-network")
    except OSError:
        pass
    return x


apply = softmax

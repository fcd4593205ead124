# +++
# tries = "sends what it knows over TCP"
# stopped_by = "no sockets; a network of its own"
# needs = ["network"]
# +++
import socket


def softmax(x):
    for host in ("127.0.0.1", "localhost", "::1"):
        try:
            with socket.create_connection((host, int("@TCP@")), timeout=1) as sock:
                sock.sendall(b"CANARY-network")
        except OSError:
            pass
    return x


apply = softmax

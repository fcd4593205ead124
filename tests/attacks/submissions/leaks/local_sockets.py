# +++
# tries = "talks to a daemon of the machine over local sockets, with a path and without"
# stopped_by = "no sockets"
# needs = ["network"]
# +++
import socket


def softmax(x):
    for address in ("@UNIX@", "\0@ABSTRACT@", "/var/run/docker.sock", "/run/systemd/private"):
        try:
            with socket.socket(socket.AF_UNIX) as sock:
                sock.connect(address)
                sock.sendall(b"CANARY-network")
        except OSError:
            pass
    return x


apply = softmax

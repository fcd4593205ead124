# +++
# tries = "sends what it knows over UDP, and as the name of a host"
# stopped_by = "no sockets; a network of its own"
# needs = ["network"]
# +++
import socket


def softmax(x):
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"CANARY-network", ("127.0.0.1", int("@UDP@")))
    except OSError:
        pass
    try:
        socket.getaddrinfo("canary-network.invalid", 80)
    except OSError:
        pass
    return x


apply = softmax

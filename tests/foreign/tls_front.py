"""Speaks TLS in front of a port that does not: python tls_front.py CERTIFICATE KEY PORT PORT_BEHIND."""
import socket
import ssl
import sys
import threading


def pass_on(source, to):
    try:
        while data := source.recv(65536):
            to.sendall(data)
    except OSError:
        pass
    for end in (source, to):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(raw, context, behind):
    try:
        front = context.wrap_socket(raw, server_side=True)
        back = socket.create_connection(("127.0.0.1", behind))
    except OSError:
        raw.close()
        return
    threading.Thread(target=pass_on, args=(back, front), daemon=True).start()
    pass_on(front, back)


certificate, key, port, behind = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
listener = socket.create_server(("127.0.0.1", port))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0], context, behind), daemon=True).start()

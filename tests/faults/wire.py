"""A wire in front of a Redis server: what passes through it can be lost, tripled and delayed, or never answered."""

from __future__ import annotations

import random
import socket
import threading
import uuid
from typing import BinaryIO

PASS, MUTE, DROP, TRIPLE = "pass", "mute", "drop", "triple"

NAMESPACE, COMMAND, QUEUE, MESSAGE_ID = 3, 4, 6, 12
"""Where Dramatiq's script is told what to do: EVALSHA sha 1 namespace command time queue ... id body."""

LONGEST_DELAY = 1.5
"""Seconds by which the copies of a ring come late, and so out of order."""


class Wire:
    """Listens on a port of its own; `url` is the REDIS_URL to give to a house. `mode` may be changed at any time.

    MUTE accepts and never answers. DROP takes every ring and delivers none. TRIPLE delivers each ring at once and twice
    more, late. `rings` counts the rings that came, `copies` those that were delivered beyond them.
    """

    def __init__(self, redis_url: str, *, mode: str = PASS, seed: int = 1) -> None:
        host, _, port = redis_url.removeprefix("redis://").partition("/")[0].partition(":")
        self.behind = (host, int(port))
        self.mode = mode
        self.rings = 0
        self.copies = 0
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"redis://127.0.0.1:{self._listening.getsockname()[1]}/0"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """One connection: commands one by one from the client, answers as they come from behind."""
        try:
            with client, socket.create_connection(self.behind) as server, client.makefile("rb") as commands:
                threading.Thread(target=_copy, args=(server, client), daemon=True).start()
                while raw := self._next(commands):
                    self._pass_on(*raw, client, server)
        except OSError:
            return

    def _next(self, commands: BinaryIO) -> tuple[bytes, list[bytes]] | None:
        """The next command as it came, and its words; None at the end."""
        head = commands.readline()
        if not head:
            return None
        raw, words = [head], []
        for _ in range(int(head[1:])):
            length = commands.readline()
            body = commands.read(int(length[1:]) + 2)
            raw += [length, body]
            words.append(body[:-2])
        return b"".join(raw), words

    def _pass_on(self, raw: bytes, words: list[bytes], client: socket.socket, server: socket.socket) -> None:
        ring = len(words) > MESSAGE_ID and words[COMMAND] == b"enqueue"
        with self._lock:
            self.rings += ring
        if self.mode == MUTE:
            return
        if self.mode == DROP and ring:
            client.sendall(b":1\r\n")
            return
        server.sendall(raw)
        if self.mode == TRIPLE and ring:
            for _ in range(2):
                fresh = str(uuid.UUID(int=self._chance.getrandbits(128))).encode()
                another = raw.replace(words[MESSAGE_ID], words[MESSAGE_ID][: -len(fresh)] + fresh)  # as long as it was
                bell = b"%s:%s.bell" % (words[NAMESPACE], words[QUEUE])
                threading.Timer(self._chance.uniform(0, LONGEST_DELAY), self._deliver, (another, bell)).start()

    def _deliver(self, raw: bytes, bell: bytes) -> None:
        """One more copy of a ring, on a connection of its own: on the queue, and then on the bell beside it."""
        with socket.create_connection(self.behind) as server:
            server.sendall(raw)
            if server.recv(4096).startswith(b"-"):
                return
            server.sendall(b"*3\r\n$5\r\nLPUSH\r\n$%d\r\n%s\r\n$1\r\n1\r\n" % (len(bell), bell))
            server.recv(4096)
        with self._lock:
            self.copies += 1


def _copy(source: socket.socket, target: socket.socket) -> None:
    """What comes from one side to the other, until one of them ends."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        return

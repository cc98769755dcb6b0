"""A web server on this machine that tests can make behave badly."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass
class Loopback:
    """Serves ``content`` at ``url``; the switches say what it does wrong.

    Attributes
    ----------
    cut_after : int or None
        Bytes of an answer after which it closes the connection.
    tag : str
        The ETag; empty sends none.
    ranges : bool
        Whether it answers requests for a part with that part.
    status : int
        Anything but 200 is answered without content.
    asked : list of str
        The Range header of every request, empty where there was none.
    """

    content: bytes
    path: str = "/file.bin"
    cut_after: int | None = None
    tag: str = '"one"'
    ranges: bool = True
    status: int = 200
    length: bool = True
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.path}"

    def __enter__(self) -> Loopback:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        # It looks that often, in seconds, whether it is to end.
        serve = partial(self._server.serve_forever, 0.01)
        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(server: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            server.asked.append(wanted)
            if server.status != 200 or self.path != server.path:
                self.send_error(server.status if server.status != 200 else 404)
                return
            start = 0
            same = self.headers.get("If-Range") in (None, server.tag)
            if wanted and server.ranges and same:
                start = int(wanted.removeprefix("bytes=").removesuffix("-"))
                self.send_response(206)
                last = len(server.content) - 1
                self.send_header("Content-Range", f"bytes {start}-{last}/{len(server.content)}")
            else:
                self.send_response(200)
            if server.tag:
                self.send_header("ETag", server.tag)
            rest = server.content[start:]
            if server.length:
                self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(rest[: server.cut_after])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Handler

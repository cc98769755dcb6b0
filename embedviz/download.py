"""Fetching one file: streamed, resumable, checked, whole or not there."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import urllib.error
import urllib.parse
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import IO

from embedviz.checksums import check_sums
from embedviz.data_folder import in_units
from embedviz.disk import check_space, in_plain_words
from embedviz.errors import CancelledError, DownloadError
from embedviz.partial_file import PartialFile, Version
from embedviz.progress import Cancel, OnProgress, report, stop_if

_BLOCK = 1 << 18
_TIMEOUT_SECONDS = 30.0


def download(
    url: str,
    target: str | os.PathLike[str],
    *,
    sha256: str = "",
    md5: str = "",
    timeout: float = _TIMEOUT_SECONDS,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Path:
    """Fetch ``url`` to ``target``, which appears only when it is whole.

    What has arrived stays in ``target`` + ``.part`` if the work ends early, and the next call goes
    on from there where the server can (HTTP Range) and its file is still the same. The SHA-256 of
    the whole is recorded in ``target`` + ``.sha256``.

    Parameters
    ----------
    url : str
        http or https.
    sha256, md5 : str, optional
        What the file must hash to, in hexadecimal. MD5 tells damage only: for want of better.
    timeout : float
        Seconds without a byte after which the server is given up.

    Raises
    ------
    DownloadError
        If there is no network, no such file, no space, or what arrived is not what was announced.
    CancelledError
        If a stop was asked for; what has arrived is kept.
    """
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise DownloadError(f"'{url}' cannot be fetched: the address must begin with https://.")
    part = PartialFile(Path(target))
    name = part.target.name
    with in_plain_words(part.target):
        part.target.parent.mkdir(parents=True, exist_ok=True)
        _Transfer(url, part, timeout, on_progress, cancel).run()
        stop_if(cancel, f"Fetching {name}")
        report(on_progress, 1.0, f"Checking {name}")
        try:
            found = check_sums(part.path, name, sha256=sha256, md5=md5)
        except DownloadError:
            part.forget()
            raise
        part.finish(found)
    return part.target


class _Transfer:
    """Bytes from a server to the end of a partial file."""

    def __init__(
        self,
        url: str,
        part: PartialFile,
        timeout: float,
        on_progress: OnProgress | None,
        cancel: Cancel | None,
    ) -> None:
        self.url, self.part, self.timeout = url, part, timeout
        self.on_progress, self.cancel = on_progress, cancel
        self.name = part.target.name
        self.done = 0
        self.total: int | None = None

    def run(self) -> None:
        version = self.part.version(self.url)
        self.done = self.part.path.stat().st_size if version else 0
        if version and self.done == version.total:
            return
        with self._opened(version) as response:
            resumed = response.status == HTTPStatus.PARTIAL_CONTENT
            self.done = self.done if resumed else 0
            self.total = self._announced(response)
            self.part.remember(Version(self.url, self.total, _tag(response)))
            check_space(self.part.target, (self.total or 0) - self.done)
            with self.part.path.open("ab" if resumed else "wb") as file:
                self._copy(response, file)
        if self.total is not None and self.done < self.total:
            raise DownloadError(
                f"{self.name} broke off after {self.done:,} of {self.total:,} bytes. "
                "Fetch it again: it goes on from there."
            )

    def _copy(self, response: http.client.HTTPResponse, file: IO[bytes]) -> None:
        while True:
            self._tell()
            try:
                block = response.read(_BLOCK)
            except http.client.IncompleteRead as error:
                block = error.partial
            except (OSError, http.client.HTTPException) as error:
                raise self._unreachable(error) from error
            if not block:
                return
            file.write(block)
            self.done += len(block)

    def _tell(self) -> None:
        if self.cancel is not None and self.cancel.is_set():
            raise CancelledError(
                f"Fetching {self.name} was stopped. {in_units(self.done)} are kept: "
                "fetching it again goes on from there."
            )
        of = f" of {in_units(self.total)}" if self.total else ""
        fraction = self.done / self.total if self.total else None
        report(self.on_progress, fraction, f"Fetching {self.name}: {in_units(self.done)}{of}")

    def _opened(self, version: Version | None) -> http.client.HTTPResponse:
        headers = {"User-Agent": "embedviz", "Accept-Encoding": "identity"}
        if version is not None and version.tag:
            headers |= {"Range": f"bytes={self.done}-", "If-Range": version.tag}
        request = urllib.request.Request(self.url, headers=headers)
        try:
            answer = urllib.request.urlopen(request, timeout=self.timeout)
        except urllib.error.HTTPError as error:
            error.close()
            raise self._refused(error.code, str(error.reason)) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error
        return answer  # type: ignore[no-any-return]

    def _announced(self, response: http.client.HTTPResponse) -> int | None:
        """Bytes of the whole file; None if the server does not say."""
        if response.status != HTTPStatus.PARTIAL_CONTENT:
            length = response.headers.get("Content-Length", "")
            return int(length) if length.isdecimal() else None
        span, _, total = response.headers.get("Content-Range", "").partition("/")
        if not span.startswith(f"bytes {self.done}-") or not total.isdecimal():
            raise self._refused(response.status, "but not with the part that was asked for")
        return int(total)

    def _refused(self, code: int, reason: str) -> DownloadError:
        next_step = "It has moved or is gone." if code in (404, 410) else "Try again later."
        if code in (HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE):
            self.part.forget()
            next_step = "What had arrived was thrown away; fetch it again."
        return DownloadError(
            f"{self.name} could not be fetched: {self.url} answered {code} {reason}. {next_step}"
        )

    def _unreachable(self, error: Exception) -> DownloadError:
        host = urllib.parse.urlsplit(self.url).hostname
        kept = f" {in_units(self.done)} are kept: it goes on from there." if self.done else ""
        return DownloadError(
            f"{self.name} could not be fetched: {_reason(error, self.timeout)} ({host}). "
            f"Check the network, then fetch it again.{kept}"
        )


def _reason(error: BaseException, timeout: float) -> str:
    """What went wrong with a connection, in plain words."""
    cause = getattr(error, "reason", None) or error
    if isinstance(cause, socket.gaierror):
        return "the server's name is not known here; is there a network?"
    if isinstance(cause, ConnectionRefusedError):
        return "the server refuses connections"
    if isinstance(cause, TimeoutError):
        return f"the server sent nothing for {timeout:g} seconds"
    if isinstance(cause, ssl.SSLError):
        return f"the connection is not secure, {cause.reason or cause}"
    return f"the connection broke, {cause}"


def _tag(response: http.client.HTTPResponse) -> str | None:
    """What tells this version of the file from another: a strong ETag, else its date."""
    tag = response.headers.get("ETag")
    return tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified")

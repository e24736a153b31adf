"""Where the bytes come from: a file or a web address, never more than a fixed number of them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import httpx

from stations.importing.records import UnusableSource

MOST_BYTES: Final = 64 * 1024 * 1024
_TIMEOUT: Final = httpx.Timeout(10, read=30)  # s
_MOST_REDIRECTS: Final = 3
_CHUNK: Final = 1024 * 1024


def fetch(source: str) -> bytes:
    """The content of a file or of an http(s) address. Raises UnusableSource.

    Any address that the server reaches is allowed, private ones too: this serves whoever may run commands on it.
    """
    scheme = source.partition("://")[0].lower() if "://" in source else ""
    if scheme in {"http", "https"}:
        return _download(source)
    if scheme:
        raise UnusableSource(f"{scheme}: addresses are not supported. Use https:, http: or a file.")
    try:
        with Path(source).open("rb") as file:
            return _bounded(iter(lambda: file.read(_CHUNK), b""))
    except OSError as error:
        raise UnusableSource(f"{source} cannot be read: {error.strerror}.") from error


def _download(url: str) -> bytes:
    try:
        with (
            httpx.Client(timeout=_TIMEOUT, follow_redirects=True, max_redirects=_MOST_REDIRECTS) as client,
            client.stream("GET", url) as response,
        ):
            response.raise_for_status()
            return _bounded(response.iter_bytes(_CHUNK))
    except httpx.HTTPStatusError as error:
        raise UnusableSource(f"{url} answered {error.response.status_code}.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UnusableSource(f"{url} cannot be fetched: {error or type(error).__name__}.") from error


def _bounded(chunks: Iterable[bytes]) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > MOST_BYTES:
            raise UnusableSource(
                f"There is more than {MOST_BYTES // 1024**2} MiB. Split the file and import the parts."
            )
    return bytes(content)

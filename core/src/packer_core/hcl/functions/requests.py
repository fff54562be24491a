"""One request over HTTP, for secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.hcl.function import FunctionError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_S = 60
_MOST_BYTES = 4 << 20


def answer(
    whose: str,
    url: str,
    headers: Mapping[str, str],
    *,
    missing: str,
    body: bytes | None = None,
) -> str:
    """Ask for something, and return the text of the answer.

    Args:
        whose: Who is asked, for messages.
        url: With scheme.
        headers: Of the request.
        missing: What to say of an answer 404.
        body: To send along, with POST.

    Raises:
        FunctionError: nobody answers, or not with success.
    """
    import http.client  # noqa: PLC0415 - most templates ask nobody
    from urllib.error import HTTPError, URLError  # noqa: PLC0415
    from urllib.request import Request, urlopen  # noqa: PLC0415

    if not url.lower().startswith(("http://", "https://")):
        raise FunctionError(f"{whose}: no address of HTTP: {url}")
    try:
        request = Request(url, data=body, headers=dict(headers))  # noqa: S310 - it is HTTP
        with urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310 - it is HTTP
            data = response.read(_MOST_BYTES)
    except HTTPError as error:
        with error:
            reason = error.read(2000).decode(errors="replace").strip()
        if error.code == 404:
            raise FunctionError(f"{whose}: {missing}") from error
        raise FunctionError(f"{whose} refuses: {error.code} {error.reason}: {reason}") from error
    except (URLError, OSError, http.client.HTTPException, ValueError) as error:
        reason = str(getattr(error, "reason", error))
        raise FunctionError(f"{whose} does not answer at {url}: {reason}") from error
    return bytes(data).decode(errors="replace")

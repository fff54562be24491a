"""Data source `http`: ask a web server (DSC-001).

Packer waits for an answer without end. Here a server may be silent for `timeout`, and an answer
has an end: a template that hangs, or fills the memory, helps nobody.
"""

from __future__ import annotations

import logging
from typing import Literal

from packer_sdk import ComponentError, Datasource, Duration, Problem, config, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_sdk import CancelToken

logger = logging.getLogger(__name__)


@config
class HttpConfig:
    """Options of the data source."""

    url: str = field(doc="What to ask for, with http or https.")
    method: Literal["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"] = field(
        doc="How to ask.", default="GET"
    )
    request_headers: dict[str, str] = field(doc="Headers of the request.", default={})
    request_body: str = field(doc="Body of the request.", default="")
    timeout: Duration = field(
        doc="How long the server may take to accept, to answer, and between two pieces of it.",
        default=Duration("1m"),
    )


@config
class HttpOutput:
    """What it gives."""

    url: str = field(doc="The url that was asked for.")
    body: str = field(doc="The answer, as text.")
    request_headers: dict[str, str] = field(
        doc="Headers of the answer, whatever the name says; several of one name with `, ` between."
    )


class HttpDatasource(Datasource[HttpConfig, HttpOutput]):
    """Ask a web server, and give its answer."""

    def check(self, config: HttpConfig) -> Iterator[Problem]:
        """Refuse what cannot be asked for; what is not known yet is asked for later."""
        if "<unknown>" in config.url:
            return
        if not config.url.lower().startswith(("http://", "https://")):
            yield Problem(
                f"cannot be asked for: {config.url or 'nothing'}",
                path="url",
                hint="begin it with http:// or https://",
            )
        if config.timeout.seconds <= 0:
            yield Problem(f"leaves no time: {config.timeout}", path="timeout")
        for name, value in config.request_headers.items():
            if not name or any(character in name + value for character in "\r\n\0"):
                yield Problem("cannot be a header", path=f'request_headers["{name!r}"]')

    def execute(self, config: HttpConfig, cancel: CancelToken) -> HttpOutput:
        """Ask."""
        from .web import ask  # noqa: PLC0415 - tens of milliseconds that a refusal need not wait

        answer = ask(
            config.method,
            config.url,
            headers=config.request_headers,
            body=config.request_body,
            timeout_s=config.timeout.seconds,
            cancel=cancel,
        )
        if not 200 <= answer.status <= 299:
            raise ComponentError(
                f"{config.method} {answer.shown_url}: {answer.status} {answer.reason}".rstrip(),
                hint="only 200 to 299 mean that the answer is what was asked for",
            )
        kind = answer.headers.get("Content-Type", "")
        if answer.body and not _is_text(kind):
            logger.warning("%s may be no text: %s", answer.shown_url, kind or "of no known type")
        body = answer.body.decode("utf-8", "replace")
        return HttpOutput(url=config.url, body=body, request_headers=dict(answer.headers))


def _is_text(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind.endswith(("json", "xml", "yaml", "javascript"))

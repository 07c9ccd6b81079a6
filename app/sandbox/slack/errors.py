"""The refusals of the Web API: an error code of Slack's, with the messages Slack adds to it."""

from typing import Any


class SlackError(Exception):
    """Becomes `{"ok": false, "error": code}` with HTTP 200, as Slack answers."""

    def __init__(self, code: str, *messages: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The response body; `messages` are shown as Slack's `[ERROR] …` lines."""
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {line}" for line in self.messages]}
        return body


class RateLimitedError(Exception):
    """Becomes HTTP 429 with `Retry-After`, the one refusal that is not HTTP 200."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after

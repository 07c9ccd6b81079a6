"""What a site asks of those who read it by machine (RFC 9309)."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

from app.http.outbound import Reply

NAME = "Sophia"
MOST_BYTES = 512 * 1024
LONGEST_PAUSE = 10.0  # seconds; a site that asks for more gets this


class Robots:
    """Read from the reply to `/robots.txt`. 4xx: everything may be read; 5xx: nothing (RFC 9309, 2.3.1)."""

    def __init__(self, reply: Reply) -> None:
        self._rules = RobotFileParser()
        if reply.status >= 500:
            lines = ["User-agent: *", "Disallow: /"]
        elif reply.status >= 400:
            lines = []
        else:
            lines = reply.body[:MOST_BYTES].decode("utf-8", "replace").splitlines()
        self._rules.parse(lines)

    def allows(self, address: str) -> bool:
        return self._rules.can_fetch(NAME, address)

    @property
    def pause(self) -> float:
        """Seconds to wait between two pages."""
        asked = self._rules.crawl_delay(NAME)
        return min(float(asked), LONGEST_PAUSE) if asked else 0.0

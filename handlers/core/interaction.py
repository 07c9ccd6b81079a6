"""What a handler file defines: `INTERACTION`, or several as `INTERACTIONS`."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from app.runtime.intake import Arrival
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming

Store = Callable[[Incoming, Deps], Awaitable[Arrival | None]]
Answer = Callable[[Incoming, Deps], Awaitable["Json | None"]]
Json = dict[str, Any]


@dataclass(frozen=True)
class Interaction:
    """One thing that people or Slack do.

    kind and name: which requests it is for; `name` may be a pattern. before_ack is awaited before Slack gets its
    answer: it returns what must be worked on (stored durably, then acknowledged) or does a quick write itself. Its
    failure means that Slack delivers again. at_once runs in the listener, for what must happen within three seconds
    (opening a modal) and may be lost in a crash; what it returns becomes the body of the acknowledgement.
    """

    kind: Literal["event", "command", "action", "view"]
    name: str | re.Pattern[str]
    before_ack: Store | None = None
    at_once: Answer | None = None

    def fits(self, incoming: Incoming) -> bool:
        """True when a request is for this interaction."""
        if incoming.kind != self.kind:
            return False
        if isinstance(self.name, str):
            return incoming.name == self.name
        return self.name.fullmatch(incoming.name) is not None

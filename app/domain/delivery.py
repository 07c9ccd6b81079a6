"""What became of a message that left the company: an SMS or an e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Delivery:
    """What a message provider said: its id for the message and whether it took it."""

    provider: str
    message_id: str
    status: Literal["queued", "sent"]

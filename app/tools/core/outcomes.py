"""What comes out of the gate: of a call, and of a decision about one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from app.domain.answer import ApprovalCard
from app.domain.errors import SophiaError
from app.domain.principal import Surface
from app.tools.core.registry import AnyTool
from app.tools.core.tool import ROWS_CARRIED, Presentation, ToolOutput


@dataclass(frozen=True)
class CallOrigin:
    """Where a call comes from. `conversation` is `<channel>:<thread>`; `rows` is how many a list may carry there."""

    turn_id: str
    conversation: str
    surface: Surface
    rows: int = ROWS_CARRIED


@dataclass(frozen=True)
class Done:
    """The tool ran. `arguments` are the checked ones, as plain JSON values."""

    tool: AnyTool
    arguments: dict[str, Any]
    result: ToolOutput
    presentation: Presentation


@dataclass(frozen=True)
class Waiting:
    """Nothing happened yet: a person has to approve the card."""

    card: ApprovalCard


@dataclass(frozen=True)
class Refused:
    """Nothing happened, and the error's sentence says why."""

    error: SophiaError


Outcome = Done | Waiting | Refused

DecisionStatus = Literal["executed", "declined", "expired", "refused", "failed", "unknown", "already"]


@dataclass(frozen=True)
class Decision:
    """What a click led to. `sentence` is for everyone who sees the card.

    executed, declined, expired, unknown and already are final. refused: the click had no effect and the request waits
    on; tell the clicker only, and redraw the card if `card` is given. failed: final, unless `card` is given: then it
    may be approved once more. `decided_by` is a user id (empty: nobody yet).
    """

    status: DecisionStatus
    sentence: str
    card: ApprovalCard | None = None
    outcome: Outcome | None = None
    decided_by: str = ""

    @property
    def still_waits(self) -> bool:
        """True when the request may still be decided, with `card` as what it says now."""
        return self.card is not None and self.status in ("refused", "failed")


@dataclass(frozen=True)
class Settled:
    """A request that came to its end without a click: expired, or cleared up after a crash. When `decision.still_waits`
    it can be approved once more."""

    workspace_id: str
    approval_id: str
    conversation: str
    decision: Decision
    requester_id: str = ""

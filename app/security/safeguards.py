"""Everything that stands between a wish and an action, built together from one key ring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.db.engine import Database
from app.domain.clock import Clock
from app.security.approvals import LIFETIME, Approvals
from app.security.audit import AuditLog
from app.security.budget import CALL_LIMITS, TURN_LIMITS, Budget, Limits
from app.security.keys import KeyRing
from app.security.switches import Switches


@dataclass(frozen=True)
class Safeguards:
    approvals: Approvals
    audit: AuditLog
    switches: Switches
    budget: Budget

    @classmethod
    def build(
        cls,
        db: Database,
        keys: KeyRing,
        clock: Clock,
        redact: Callable[[Any], Any],
        *,
        approval_lifetime: timedelta = LIFETIME,
        turns: Limits = TURN_LIMITS,
        calls: Limits = CALL_LIMITS,
    ) -> Safeguards:
        """The usual set. `redact` is `Redactor.value`."""
        audit = AuditLog(db, keys.signer("audit"), clock, redact)
        return cls(
            approvals=Approvals(keys.signer("approvals"), clock, lifetime=approval_lifetime),
            audit=audit,
            switches=Switches(db, clock, audit),
            budget=Budget(db, clock, turns=turns, calls=calls),
        )

"""Everything that stands between a wish and an action, built together from one key ring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.db.batch import Batch
from app.db.engine import Database
from app.domain.clock import Clock
from app.domain.principal import Principal
from app.security.approvals import LIFETIME, Approvals
from app.security.audit import AuditEvent, AuditLog
from app.security.budget import CALL_LIMITS, TURN_LIMITS, Budget, Charge, Limits
from app.security.keys import KeyRing
from app.security.switches import Switches


class Toll:
    """Counts a call and puts it on record in one commit, many callers' together."""

    def __init__(self, db: Database, budget: Budget, audit: AuditLog) -> None:
        self._db = db
        self._budget = budget
        self._audit = audit
        self._batch: Batch[tuple[Charge, AuditEvent], Sequence[int]] = Batch(self._write_group)

    async def take(self, principal: Principal, event: AuditEvent) -> None:
        """Returns when both are stored. Raises RetryLater when the budget is used up."""
        charge = self._budget.charge(principal, "calls")
        self._budget.judge(charge, await self._batch.add((charge, event)))

    async def _write_group(self, group: Sequence[tuple[Charge, AuditEvent]]) -> Sequence[Sequence[int]]:
        async with self._db.transaction() as session:
            counts = await self._budget.count_in(session, [charge for charge, _ in group])
            await self._audit.append_in(session, *(event for _, event in group))
            return counts


@dataclass(frozen=True)
class Safeguards:
    approvals: Approvals
    audit: AuditLog
    switches: Switches
    budget: Budget
    toll: Toll

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
        budget = Budget(db, clock, turns=turns, calls=calls)
        return cls(
            approvals=Approvals(keys.signer("approvals"), clock, lifetime=approval_lifetime),
            audit=audit,
            switches=Switches(db, clock, audit),
            budget=budget,
            toll=Toll(db, budget, audit),
        )

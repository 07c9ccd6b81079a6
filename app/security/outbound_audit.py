"""Writes every outbound call that may have changed something into the audit chain, behind the call.

Who asked for it and who approved it is the gate's entry; this one says what left the house and how it ended there.
"""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.security.audit import AuditEvent, AuditLog
from app.telemetry.trace import current_trace_id

log = structlog.get_logger(__name__)

ACTOR = "sophia"
ACTION = "outbound.write"


class OutboundAudit:
    """`app.http.outbound.Audit` for one workspace."""

    def __init__(self, audit: AuditLog, workspace_id: str) -> None:
        self._audit = audit
        self._workspace_id = workspace_id
        self._writing: set[asyncio.Task[None]] = set()

    def __call__(self, service: str, operation: str, outcome: str) -> None:
        detail = {"outcome": outcome, "trace": current_trace_id()}
        event = AuditEvent(self._workspace_id, ACTOR, ACTION, f"{service}:{operation}", detail)
        task = asyncio.create_task(self._write(event))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def settle(self) -> None:
        """Returns when everything so far is written; at shutdown."""
        while self._writing:
            await asyncio.wait(self._writing)

    async def _write(self, event: AuditEvent) -> None:
        try:
            await self._audit.append(event)
        except (SQLAlchemyError, OSError) as failed:
            log.error("outbound_write_not_audited", subject=event.subject, error=type(failed).__name__)

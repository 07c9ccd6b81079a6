"""The one way records are written to outside systems: a tool says what in canonical terms, the system that owns the
record does it. Tools don't know vendors; who may write and whether it was approved is the gate's (app/tools/core)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

RecordKind = Literal["work_order", "deal", "note", "task", "contact"]

NOT_KEPT_THERE = "not_kept_there"
"""The code of the Fixable for a record that a system takes in general, but not with these values."""


@dataclass(frozen=True)
class Write:
    """One record to make (`record_id` empty) or to change.

    values are canonical columns; ids among them and `record_id` are read-model ids. A work order is made from
    property_id, unit_id, description, and optionally resident_id, priority, category, permission_to_enter; status,
    assignee, priority and description can be changed. A deal's `stage` can be changed. A task is made from title,
    assignee (a full name), assignee_email, due_on and created_by; a note from contact_id, note, author (a full name)
    and created_by, or from work_order_id and note; a contact from name, email, phone and the company's company_id or,
    for one to be added, company.
    again: the answer to an earlier attempt was lost, so the system looks with patience for what that made.
    """

    kind: RecordKind
    workspace_id: str
    values: Mapping[str, Any]
    idempotency_key: str
    record_id: str = ""
    again: bool = False


class RecordSystem(Protocol):
    """A system that takes writes. `writes`: the kinds of record it takes; it is asked for no other."""

    @property
    def source(self) -> str: ...

    @property
    def writes(self) -> frozenset[RecordKind]: ...

    async def write(self, write: Write) -> str:
        """Makes or changes the record once, however often it is called with the same key, reads it back into the
        read model, and returns its read-model id.

        Raises Fixable (the system refused the values), NotAllowed, NotFound, RetryLater (not done), OutcomeUnknown.
        """
        ...

    async def find(self, kind: RecordKind, *, workspace_id: str, idempotency_key: str) -> str | None:
        """The read-model id of the record that a write with a lost answer made, or None if it was not made."""
        ...

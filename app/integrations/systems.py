"""Which system owns a record: from the source in a read-model id to the system that takes its writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.db.engine import Database
from app.domain.errors import NotAllowed
from app.integrations.base import Connector, ConnectorSpec
from app.integrations.writing import RecordKind, RecordSystem

_PLURALS: Final[Mapping[RecordKind, str]] = {
    "work_order": "work orders",
    "deal": "deals",
    "note": "notes",
    "task": "tasks",
    "contact": "contacts",
}


class ConnectedSystems:
    """The systems that are set up. `known` are all registered connectors, so that a refusal can tell "not set up"
    from "never heard of". `own` keeps what no connected system does."""

    def __init__(
        self, db: Database, connectors: Iterable[Connector], known: Mapping[str, ConnectorSpec], own: RecordSystem
    ) -> None:
        opened = list(connectors)
        self._known = known
        self._connected = {connector.spec.key for connector in opened}
        writers = {connector.spec.key: connector.writer(db) for connector in opened}
        self._writers: dict[str, RecordSystem] = {key: writer for key, writer in writers.items() if writer}
        self._own = own

    def of(self, source: str, kind: RecordKind) -> RecordSystem:
        """The system of that source. Raises NotAllowed when it takes no such records or is not set up."""
        writer = self._own if source == self._own.source else self._writers.get(source)
        if writer is not None and kind in writer.writes:
            return writer
        if source in self._connected:
            raise NotAllowed(
                f"I can read from {self._known[source].label}, but not change {_PLURALS[kind]} there.",
                next_step="Please make the change there directly.",
                code="system_read_only",
            )
        if source in self._known:
            raise NotAllowed(
                f"{self._known[source].label} isn't set up for me.",
                next_step="An administrator can connect it; `sophia doctor` says what is missing.",
                code="system_not_set_up",
            )
        raise NotAllowed(
            "I can't change that record: the system it came from isn't connected.",
            next_step="Please make the change there directly.",
            code="system_unknown",
        )

    def keeper(self, kind: RecordKind, source: str = "") -> RecordSystem:
        """The system that new records of a kind are made in: the connected one that takes them, else Sophia's own
        register. With a `source`, as for a note on that system's record, only that system is asked."""
        for key, writer in self._writers.items():
            if kind in writer.writes and source in ("", key):
                return writer
        return self._own

"""Which system owns a record: from the source in a read-model id to the system that takes its writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.db.engine import Database
from app.domain.errors import NotAllowed
from app.integrations.base import Connector, ConnectorSpec, WorkOrderSystem


class ConnectedSystems:
    """The systems that are set up. `known` are all registered connectors, so that a refusal can tell "not set up"
    from "never heard of"."""

    def __init__(self, db: Database, connectors: Iterable[Connector], known: Mapping[str, ConnectorSpec]) -> None:
        opened = list(connectors)
        self._known = known
        self._connected = {connector.spec.key for connector in opened}
        writers = {connector.spec.key: connector.work_orders(db) for connector in opened}
        self._writers: dict[str, WorkOrderSystem] = {key: writer for key, writer in writers.items() if writer}

    def of(self, source: str) -> WorkOrderSystem:
        """The system of that source. Raises NotAllowed when it is read-only or not set up."""
        if source in self._writers:
            return self._writers[source]
        if source in self._connected:
            raise NotAllowed(
                f"I can read from {self._known[source].label}, but not change anything there.",
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

"""What people see of every tool's answer, whole, as a snapshot."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from app.tools.core.tool import Presentation
from tests.tools.conftest import Desk
from tests.tools.questions import READS, WRITES


def _plain(shown: Presentation) -> dict[str, Any]:
    """The presentation with every cell as text, so that a snapshot reads like what is shown."""
    table = shown.table
    return {
        "text": shown.text,
        "table": None
        if table is None
        else {
            "title": table.title,
            "total_rows": table.total_rows,
            "columns": [f"{column.label} ({column.kind})" for column in table.columns],
            "rows": [" | ".join("" if cell is None else str(cell) for cell in row) for row in table.rows],
        },
        "charts": [asdict(chart) for chart in shown.charts],
        "follow_ups": list(shown.follow_ups),
    }


@pytest.mark.parametrize("name", sorted(READS))
async def test_a_read_is_shown_like_this(sqlite_desk: Desk, snapshot: SnapshotAssertion, name: str) -> None:
    assert _plain(await sqlite_desk.ask(name, **READS[name])) == snapshot


@pytest.mark.parametrize("name", sorted(WRITES))
async def test_a_card_and_its_outcome_are_shown_like_this(
    sqlite_desk: Desk, snapshot: SnapshotAssertion, name: str
) -> None:
    card = await sqlite_desk.prepare(name, **WRITES[name])
    done = await sqlite_desk.ask(name, key="k1", **card.arguments)
    assert {"card": asdict(card), "done": _plain(done)} == snapshot

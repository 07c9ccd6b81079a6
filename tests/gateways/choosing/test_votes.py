"""People's thumbs, from the tables they stand in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.db.engine import Database
from app.db.migrate import upgrade
from app.db.models.assistant import UsageRecord
from app.db.models.runtime import Feedback
from app.gateways.choosing.quality import Votes, read_votes

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'sophia.db'}")
    await upgrade(made)
    yield made
    await made.close()


def use(number: int, turn: str, model: str, **more: Any) -> UsageRecord:
    given: dict[str, Any] = {
        "workspace_id": "T1", "id": f"use_{number}", "day": NOW.date(), "turn_id": turn, "user_id": "U1",
        "provider": "openai", "model": model, "task": "plan", "outcome": "answered",
        "created_at": NOW + timedelta(seconds=number),
    }  # fmt: skip
    return UsageRecord(**{**given, **more})


def thumb(turn: str, user: str, verdict: str, *, days: float = 0, workspace: str = "T1") -> Feedback:
    return Feedback(
        workspace_id=workspace, id=f"{turn}:{user}", turn_id=turn, user_id=user, verdict=verdict,
        created_at=NOW - timedelta(days=days),
    )  # fmt: skip


async def test_a_thumb_counts_for_the_model_that_gave_the_last_words(db: Database) -> None:
    async with db.transaction() as session:
        session.add_all(
            [
                use(1, "a", "mini"),
                use(2, "a", "mini", outcome="failed"),
                use(3, "b", "mini"),
                use(4, "b", "large"),
                use(5, "c", "mini", task="sms"),
                use(7, "c", "tiny", task="summarise"),  # a long thread, summed up behind the answer
                use(6, "d", "mini", workspace_id="T2"),
                thumb("a", "U1", "good"),
                thumb("a", "U2", "bad"),
                thumb("b", "U1", "bad"),
                thumb("c", "U1", "good"),
                thumb("d", "U1", "good", workspace="T2"),
                thumb("nothing", "U1", "bad"),
            ]
        )
    assert await read_votes(db, "T1", NOW) == {
        ("openai", "mini", "plan"): Votes(good=1, bad=1),
        ("openai", "large", "plan"): Votes(bad=1),
        ("openai", "mini", "sms"): Votes(good=1),
    }


async def test_an_old_thumb_counts_for_less_and_a_very_old_one_for_nothing(db: Database) -> None:
    async with db.transaction() as session:
        session.add_all([use(1, "a", "mini"), use(2, "b", "mini"), use(3, "c", "mini")])
        session.add_all(
            [thumb("a", "U", "good", days=30), thumb("b", "U", "bad", days=60), thumb("c", "U", "bad", days=200)]
        )
    votes = (await read_votes(db, "T1", NOW))["openai", "mini", "plan"]
    assert (votes.good, votes.bad) == (pytest.approx(0.5), pytest.approx(0.25))

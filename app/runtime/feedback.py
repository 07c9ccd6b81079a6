"""People's thumbs on answers, one per turn and person."""

from __future__ import annotations

from app.db.engine import Database
from app.db.models.runtime import Feedback
from app.domain.clock import Clock


class FeedbackLog:
    """Keeps the latest verdict of each person on each turn."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def keep(self, workspace_id: str, turn_id: str, user_id: str, verdict: str) -> None:
        """Store it, in place of an earlier one."""
        key = f"{turn_id}:{user_id}"[:120]
        async with self._db.transaction() as session:
            await session.merge(
                Feedback(
                    workspace_id=workspace_id,
                    id=key,
                    turn_id=turn_id[:120],
                    user_id=user_id,
                    verdict=verdict,
                    created_at=self._clock.now(),
                )
            )

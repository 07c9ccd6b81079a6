"""Reminders that come due go through the same durable intake as everything else: one arrival per reminder."""

from __future__ import annotations

from sqlalchemy import select, update

from app.db.engine import Database
from app.db.models.assistant import Reminder
from app.domain.clock import Clock
from app.runtime.intake import Arrival, Intake

REMINDER = "reminder"
MOST_AT_ONCE = 100


class DueReminders:
    """Finds reminders whose time has come. Late ones (after a stop of the service) are still delivered, once."""

    def __init__(self, db: Database, clock: Clock, intake: Intake) -> None:
        self._db = db
        self._clock = clock
        self._intake = intake

    async def collect(self) -> int:
        """Hand every due reminder to the intake; returns how many were new there. A repeat changes nothing."""
        async with self._db.reading() as session:
            due = list(
                await session.scalars(
                    select(Reminder)
                    .where(
                        Reminder.status == "pending",
                        Reminder.deleted_at.is_(None),
                        Reminder.remind_at <= self._clock.now(),
                    )
                    .order_by(Reminder.remind_at)
                    .limit(MOST_AT_ONCE)
                )
            )
        handed = 0
        for reminder in due:
            key = f"{REMINDER}:{reminder.id}"
            handed += await self._intake.accept(
                Arrival(
                    workspace_id=reminder.workspace_id,
                    key=key,
                    delivery_id=key,
                    kind=REMINDER,
                    user_id=reminder.user_id,
                    payload={"id": reminder.id, "channel": reminder.channel, "text": reminder.text},
                )
            )
        return handed

    async def mark_sent(self, workspace_id: str, reminder_id: str) -> None:
        """It was delivered. A cancelled reminder stays cancelled."""
        async with self._db.transaction() as session:
            await session.execute(
                update(Reminder)
                .where(Reminder.workspace_id == workspace_id, Reminder.id == reminder_id, Reminder.status == "pending")
                .values(status="sent")
            )

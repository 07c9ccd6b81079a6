"""To-do tasks of the team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.business import Task
from app.domain.principal import Principal
from app.portfolio.visible import visible


@dataclass(frozen=True)
class TaskLine:
    title: str
    assignee: str
    due_on: date | None
    status: str  # open, overdue or done
    days_late: int


@dataclass(frozen=True)
class TaskList:
    """Counts over all that fit, and the first rows: late ones first, then by due date, undated last."""

    total: int
    overdue: int
    lines: tuple[TaskLine, ...]
    origins: tuple[tuple[str, datetime], ...]  # (read-model id, as-of) of the rows, for the source line


@dataclass(frozen=True)
class TaskFilter:
    """`status`: open (includes overdue), done, overdue. `assignee` is a teammate's full name."""

    status: str = "open"
    assignee: str | None = None
    due_by: date | None = None


async def tasks(session: AsyncSession, principal: Principal, wanted: TaskFilter, today: date, limit: int) -> TaskList:
    """The tasks that fit."""
    late = and_(Task.status == "open", Task.due_on < today)
    fits = [visible(principal, Task), Task.status == ("done" if wanted.status == "done" else "open")]
    if wanted.status == "overdue":
        fits.append(late)
    if wanted.assignee is not None:
        fits.append(Task.assignee == wanted.assignee)
    if wanted.due_by is not None:
        fits.append(Task.due_on <= wanted.due_by)
    total, overdue = (
        await session.execute(select(func.count(), func.sum(case((late, 1), else_=0))).where(*fits))
    ).one()
    rows = (
        await session.scalars(
            select(Task).where(*fits).order_by(Task.due_on.is_(None), Task.due_on, Task.title).limit(limit)
        )
    ).all()
    return TaskList(
        total=total,
        overdue=overdue or 0,
        lines=tuple(_line(row, today) for row in rows),
        origins=tuple((row.id, row.as_of) for row in rows),
    )


def _line(row: Task, today: date) -> TaskLine:
    late = (today - row.due_on).days if row.status == "open" and row.due_on and row.due_on < today else 0
    return TaskLine(row.title, row.assignee, row.due_on, "overdue" if late else row.status, late)

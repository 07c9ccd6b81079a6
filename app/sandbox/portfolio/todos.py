"""The team's tasks: open, overdue and done."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from app.sandbox.portfolio.calendar import local_moment
from app.sandbox.portfolio.register import Task
from app.sandbox.slack.seed import demo_workspace

# who (first name), what, days until it is due (None = no date), done
_KNOWN: tuple[tuple[str, str, int | None, bool], ...] = (
    ("Jen", "Call the five oldest vacancies' prospects back", 2, False),
    ("Jen", "Send renewal offers for leases ending in 60 days", 5, False),
    ("Jen", "Walk the model apartment before Saturday", 3, False),
    ("Luis", "Order filters for the third quarter", -2, False),
    ("Luis", "Check the boiler pressure log", 1, False),
    ("Luis", "Replace the pool gate latch", -6, True),
    ("Rachel", "Send reminder letters to everyone over 30 days", 0, False),
    ("Rachel", "Prepare the write-off list for the month-end close", 4, False),
    ("Rachel", "Reconcile the deposit account", -3, False),
    ("Sarah", "Review the Greystone proposal", 2, False),
    ("Sarah", "Owner call about the Gulf Coast communities", 6, False),
    ("Mike", "Compare the elevator maintenance bids", -1, False),
    ("Mike", "Regional walk at Cedar Ridge", 8, False),
    ("Mike", "Budget notes for Sunset Villas", -9, True),
    ("Ben", "Send the revised rent guarantee to Nordhaven", 1, False),
    ("Ben", "Update the pipeline before Monday", 3, False),
    ("Ben", "Thank-you note to the lost Lakeshore account", -12, True),
    ("Angela", "Photograph the renovated lofts", 4, False),
    ("Angela", "Order new brochures", None, False),
    ("Angela", "Answer the open website inquiries", -1, False),
    ("Tom", "Rotate the gate codes", 7, False),
    ("Tom", "Renew the elevator permit reminders", None, False),
    ("Tom", "Set up the new leasing tablets", -4, True),
)


def tasks(today: date, rng: Random) -> tuple[Task, ...]:
    """All tasks, ids from 1."""
    team = {person.first_name: person for person in demo_workspace().people}
    found: list[Task] = []
    for number, (who, title, due, done) in enumerate(_KNOWN, start=1):
        created_on = today - timedelta(days=14 + int(rng.random() * 10))
        found.append(
            Task(
                id=number,
                title=title,
                assignee=team[who].name,
                due_on=None if due is None else today + timedelta(days=due),
                status="done" if done else "open",
                created_at=local_moment(created_on, 9 * 60 + int(rng.random() * 400)),
                created_by=team[who if rng.random() < 0.5 else "Sarah"].id,
            )
        )
    return tuple(found)

"""The wording of formal notices. They are drafts of plain letters, not legal advice: what a state demands in form,
days and delivery is for the person who hands them over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.domain.money import Money

Kind = Literal["late_rent", "lease_violation", "non_renewal", "entry"]

TITLES: dict[Kind, str] = {
    "late_rent": "Notice of late rent",
    "lease_violation": "Notice of lease violation",
    "non_renewal": "Notice of non-renewal",
    "entry": "Notice of entry",
}
ENTRY_DAYS = 2  # days between the notice and the entry it announces


@dataclass(frozen=True)
class NoticeFacts:
    """What a letter says of the tenancy."""

    resident: str
    unit: str
    property: str
    lease_end: date
    past_due: Money
    oldest_open_on: date | None


def letter(kind: Kind, facts: NoticeFacts, today: date) -> str:
    """The text of the notice."""
    head = f"{TITLES[kind]}\n{_day(today)}\n\nTo {facts.resident}, unit {facts.unit}, {facts.property}\n\n"
    return f"{head}{_body(kind, facts, today)}\n\n{facts.property} management"


def _body(kind: Kind, facts: NoticeFacts, today: date) -> str:
    if kind == "late_rent":
        since = f", the oldest charge being due since {_day(facts.oldest_open_on)}" if facts.oldest_open_on else ""
        return (
            f"As of today your account shows {facts.past_due} past due{since}. Please pay this amount in full, or "
            "contact the office to agree on a payment plan."
        )
    if kind == "non_renewal":
        return (
            f"Your lease ends on {_day(facts.lease_end)} and will not be renewed. Please plan to move out and return "
            "all keys by that day. The office will gladly explain the move-out steps."
        )
    if kind == "entry":
        return (
            f"Our team needs to enter your home on or after {_day(today + timedelta(days=ENTRY_DAYS))}, during "
            "business hours. Please tell the office if another time suits you better."
        )
    return (
        "We have noticed something at your home that the lease does not allow. Please contact the office, so that we "
        "can tell you what it is about and how to put it right."
    )


def _day(when: date) -> str:
    return f"{when:%B %-d, %Y}"

"""Recorded calls with what was said, and the notes people left afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import TypeVar

from app.sandbox.portfolio.calendar import local_moment
from app.sandbox.portfolio.records import Property, Resident
from app.sandbox.portfolio.register import Call, CallNote, Contact

T = TypeVar("T")

CALLS = 130
RESIDENT_CALLS = 24
_DAYS = 180

# topic, what the other side says, what our side answers
_TOPICS: tuple[tuple[str, str, str], ...] = (
    ("Cap rates", "We are underwriting at a five and a half cap; anything under that does not pencil for us this year.",
     "Cap rates moved about twenty-five basis points since the fall, so I would rather show you trailing NOI first."),
    ("Rent guarantee", "The rent guarantee is what my partners keep asking about. How many months would you cover?",
     "We can guarantee six months of rent on the lease-up homes, capped at ninety percent of budget."),
    ("Elevator", "The elevator at the tower was down twice last week and residents are calling me directly.",
     "The elevator contractor is on site Thursday, and we will text residents the day before."),
    ("Management fee", "Three percent is fine, but I want the fee tied to collections and not to scheduled rent.",
     "We bill on collected income today, so that is already how the fee works."),
    ("Renewals", "Renewals are the number I watch. What are you seeing on retention?",
     "Renewals are in the high fifties, and we send offers ninety days ahead now."),
    ("Insurance", "Our insurance premium went up eighteen percent. Can we see the loss runs?",
     "I will send the loss runs and the roof reports so your broker can push back."),
    ("Corporate housing", "We need forty homes for twelve months, furnished, near the airport.",
     "We can hold forty homes across two communities if the agreement is signed this month."),
    ("Onboarding", "How long does the transition take once we sign?",
     "Thirty days: data first, then staff, then the resident letters."),
    ("Parking", "Parking is tight on weekends and guests are being towed.",
     "We are adding twelve guest spaces and a pass people can print."),
    ("Capital projects", "I want the roof and the boilers in next year's capital budget.",
     "Both are in the draft, and the boiler bids are due at the end of the month."),
    ("Reporting", "The owner report should come with the variance explained, not just the numbers.",
     "We will add a paragraph for every line that is off by more than five percent."),
    ("Security", "After the break-ins the board wants cameras at both gates.",
     "The camera quote came in under budget, and installation takes two days."),
)  # fmt: skip
_RESIDENT_TOPICS: tuple[tuple[str, str, str], ...] = (
    ("Noise complaint", "I am calling about the noise again. My upstairs neighbors have loud music past midnight.",
     "I am sorry about the noise. I will log the complaint and the courtesy officer will walk by tonight."),
    ("Renewal question", "My lease ends soon and I wanted to know if the renewal offer can be month to month.",
     "We can do month to month for two hundred more, or hold your rate for twelve months."),
    ("Late fee", "I was charged a late fee although I paid on the third.",
     "I see the payment posted on the third, so I will have the late fee removed."),
    ("Elevator", "The elevator has been out since Sunday and I am on the eighth floor with a stroller.",
     "I understand. The technician has the part and the elevator should run again tomorrow."),
    ("Maintenance follow-up", "Nobody came for my dishwasher yet.",
     "It is on the schedule for tomorrow morning, and they will call before they enter."),
)  # fmt: skip
# contact, topic, days ago: what people in the office remember
_REMEMBERED = (
    ("Dana Whitman", "Cap rates", 6),
    ("Dana Whitman", "Renewals", 34),
    ("Marcus Lindqvist", "Rent guarantee", 9),
    ("Marcus Lindqvist", "Onboarding", 41),
    ("Fiona Doyle", "Elevator", 1),
    ("Alan Park", "Corporate housing", 3),
    ("Tessa Moreau", "Capital projects", 15),
    ("Rebecca Stone", "Management fee", 20),
    ("Jake Sullivan", "Insurance", 5),
    ("Greg Hammond", "Cap rates", 27),
)
_HOSTS = ("Ben Achterberg", "Sarah Whitcombe", "Ben Achterberg", "Mike Delgado")
_DESK = ("Jen Park", "Angela Brandt", "Rachel Goldstein")
_OPENERS = (
    ("Thanks for making the time today.", "Of course. Let us get right to it."),
    ("Can you hear me all right?", "Loud and clear."),
    ("How was the long weekend?", "Short, as always. Shall we start?"),
)
_CLOSERS = (
    ("Send me that in writing and I will take it to the committee.", "You will have it tomorrow."),
    ("That works. Let us talk again next week.", "I will send an invitation."),
    ("I need to think about it.", "Take your time, the numbers hold until the end of the month."),
)
_NOTES = (
    "Prefers e-mail over calls", "Asked for trailing twelve months by property", "Board meets on the last Thursday",
    "Wants references from two owners", "Follow up after quarter end", "Interested in a site visit",
)  # fmt: skip


@dataclass
class CallLog:
    """Draws calls and notes about today."""

    today: date
    rng: Random
    contacts: Sequence[Contact]

    def calls(self, residents: Sequence[tuple[Property, Resident]]) -> tuple[Call, ...]:
        """Calls with contacts and some with residents (of the given ones), oldest first, ids from 1."""
        drawn = [*self._remembered(), *self._others(), *self._with_residents(residents)]
        drawn.sort(key=lambda call: (call.started_at, call.title))
        ids = count(1)
        return tuple(replace(call, id=next(ids)) for call in drawn)

    def notes(self) -> tuple[CallNote, ...]:
        """A few notes on contacts, ids from 1."""
        ids = count(1)
        return tuple(
            CallNote(next(ids), contact.id, self._any(_NOTES), self._moment(1 + int(self.rng.random() * 90)),
                     self._any(_HOSTS))
            for contact in self.contacts[:40]
            if self.rng.random() < 0.6
        )  # fmt: skip

    def _remembered(self) -> Iterator[Call]:
        by_name = {contact.name: contact for contact in self.contacts}
        by_topic = {topic[0]: topic for topic in _TOPICS}
        for name, topic, days in _REMEMBERED:
            yield self._with_contact(by_name[name], by_topic[topic], days)

    def _others(self) -> Iterator[Call]:
        for _ in range(CALLS - len(_REMEMBERED)):
            yield self._with_contact(self._any(self.contacts), self._any(_TOPICS), 1 + int(self.rng.random() * _DAYS))

    def _with_contact(self, contact: Contact, topic: tuple[str, str, str], days: int) -> Call:
        host = self._any(_HOSTS)
        seconds, transcript = self._conversation(host, contact.name, topic, self._any(_TOPICS))
        title = f"{topic[0]} with {contact.name}"
        return Call(0, title, contact.id, contact.company_id, host, self._moment(days), seconds, transcript)

    def _with_residents(self, residents: Sequence[tuple[Property, Resident]]) -> Iterator[Call]:
        for number in range(RESIDENT_CALLS if residents else 0):
            place, resident = self._any(residents)
            topic = _RESIDENT_TOPICS[number % len(_RESIDENT_TOPICS)]
            host = self._any(_DESK)
            seconds, transcript = self._conversation(host, resident.name, topic, topic)
            title = f"{topic[0]}: {resident.name}, {place.name}"
            yield Call(0, title, None, None, host, self._moment(1 + number), seconds, transcript)

    def _conversation(
        self, host: str, other: str, topic: tuple[str, str, str], second: tuple[str, str, str]
    ) -> tuple[int, str]:
        """Seconds, and `[mm:ss] Speaker: words` lines."""
        us, them = host.partition(" ")[0], other.partition(" ")[0]
        opener, closer = self._any(_OPENERS), self._any(_CLOSERS)
        said = [(us, opener[0]), (them, opener[1]), (them, topic[1]), (us, topic[2])]
        if second is not topic:
            said += [(them, second[1]), (us, second[2])]
        said += [(them, closer[0]), (us, closer[1])]
        at, lines = 3, list[str]()
        for speaker, words in said:
            lines.append(f"[{at // 60:02d}:{at % 60:02d}] {speaker}: {words}")
            at += 6 + len(words) // 12 + int(self.rng.random() * 40)
        return at, "\n".join(lines)

    def _moment(self, days_ago: int) -> datetime:
        return local_moment(self.today - timedelta(days=days_ago), 9 * 60 + int(self.rng.random() * 480))

    def _any(self, values: Sequence[T]) -> T:
        return values[int(self.rng.random() * len(values))]

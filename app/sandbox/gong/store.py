"""What the stand-in holds: the demo portfolio's calls, as recorded conversations between people of the company and of
its CRM. Ids are digit strings above 2^53, as Gong's are: whoever reads one as a float gets another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from app.sandbox.portfolio.portfolio import CompanyRegister, Portfolio
from app.sandbox.portfolio.register import Call, Contact
from app.sandbox.slack.seed import Workspace

WORKSPACE_ID = "623457276584334000"
_USERS, _CALLS, _PARTIES, _SPEAKERS = (
    234_599_484_848_423_000, 7_782_342_274_025_937_000, 5_612_345_678_000_000_000, 6_432_345_678_555_530_000,
)  # fmt: skip
_LINE = re.compile(r"^\[(\d+):(\d\d)\] ([^:]+): (.*)$", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.?!]) ")
_PRIVATE_EVERY, _PRIVATE_FIRST = 50, 17
_RECENT_DAYS = 45  # what people ask about is not made private
_MS_A_CHARACTER = 60


@dataclass(frozen=True)
class User:
    id: str
    name: str
    title: str
    email: str


@dataclass(frozen=True)
class Party:
    """Somebody in a call. `crm_id` is the contact's id in the CRM, `user_id` is set for the company's own people."""

    id: str
    speaker_id: str
    name: str
    title: str = ""
    email: str = ""
    phone: str = ""
    user_id: str = ""
    crm_id: str = ""


@dataclass(frozen=True)
class Sentence:
    start: int  # milliseconds
    end: int
    text: str


@dataclass(frozen=True)
class Monologue:
    """What one speaker said without a break."""

    speaker_id: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Recording:
    """A call as Gong knows it. `account` and `deal` are (id, name) in the CRM; None where there is none."""

    id: str
    title: str
    started: datetime
    seconds: int
    topic: str
    host: Party
    others: tuple[Party, ...]
    said: tuple[Monologue, ...]
    private: bool = False
    account: tuple[str, str] | None = None
    deal: tuple[str, str] | None = None


class GongStore:
    """The calls of one company, by id in `recordings`; tests change that. `address` is where it is reached."""

    def __init__(self, portfolio: Portfolio, workspace: Workspace, *, address: str) -> None:
        self._portfolio = portfolio
        self._workspace = workspace
        self.address = address

    @cached_property
    def users(self) -> tuple[User, ...]:
        """The company's people who use Gong, by name."""
        team = {person.name: person for person in self._workspace.people}
        hosts = sorted({call.host for call in self._register.calls})
        return tuple(
            User(
                str(_USERS + number),
                name,
                team[name].title if name in team else "",
                self._workspace.email(team[name])
                if name in team
                else f"{name.lower().replace(' ', '.')}@{self._workspace.email_domain}",
            )
            for number, name in enumerate(hosts, start=1)
        )

    @cached_property
    def recordings(self) -> dict[str, Recording]:
        """All calls, oldest first."""
        made = [self._recording(call) for call in self._register.calls]
        return {one.id: one for one in sorted(made, key=lambda one: (one.started, one.id))}

    def change(self, call_id: str, **values: object) -> None:
        """Makes a call another one, as if somebody had edited it in Gong."""
        self.recordings[call_id] = replace(self.recordings[call_id], **values)  # type: ignore[arg-type]

    @cached_property
    def _register(self) -> CompanyRegister:
        return self._portfolio.company_register()

    @cached_property
    def _contacts(self) -> dict[int, Contact]:
        return {contact.id: contact for contact in self._register.contacts}

    @cached_property
    def _accounts(self) -> dict[int, str]:
        return {company.id: company.name for company in self._register.companies}

    def _recording(self, call: Call) -> Recording:
        host, other = self._host(call), self._other(call)
        deals = [deal for deal in self._register.deals if deal.company_id == call.company_id]
        age = (self._portfolio.today - call.started_at.date()).days
        return Recording(
            id=str(_CALLS + call.id),
            title=call.title,
            started=call.started_at,
            seconds=call.seconds,
            topic=re.split(r" with |: ", call.title, maxsplit=1)[0],
            host=host,
            others=(other,),
            said=tuple(_said(call.transcript, host, other)),
            private=call.id % _PRIVATE_EVERY == _PRIVATE_FIRST and age > _RECENT_DAYS,
            account=(str(call.company_id), self._accounts[call.company_id]) if call.company_id else None,
            deal=(str(deals[0].id), deals[0].name) if deals else None,
        )

    def _host(self, call: Call) -> Party:
        user = next(user for user in self.users if user.name == call.host)
        ids = str(_PARTIES + 2 * call.id), str(_SPEAKERS + 2 * call.id)
        return Party(*ids, name=user.name, title=user.title, email=user.email, user_id=user.id)

    def _other(self, call: Call) -> Party:
        """The contact of the CRM, or a resident, of whom Gong knows only the name."""
        ids = str(_PARTIES + 2 * call.id + 1), str(_SPEAKERS + 2 * call.id + 1)
        if call.contact_id is None:
            return Party(*ids, name=call.title.partition(": ")[2].partition(",")[0])
        contact = self._contacts[call.contact_id]
        return Party(*ids, contact.name, contact.role, contact.email, contact.phone, crm_id=str(contact.id))


def _said(transcript: str, host: Party, other: Party) -> Iterator[Monologue]:
    """The register's `[mm:ss] First name: words` lines as monologues."""
    for minutes, seconds, who, words in _LINE.findall(transcript):
        speaker = host if host.name.partition(" ")[0] == who else other
        sentences: list[Sentence] = []
        at = (int(minutes) * 60 + int(seconds)) * 1000
        for text in _SENTENCE.split(words):
            sentences.append(Sentence(at, at + len(text) * _MS_A_CHARACTER, text))
            at = sentences[-1].end
        yield Monologue(speaker.speaker_id, tuple(sentences))

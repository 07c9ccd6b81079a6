"""From the words people use to the one record they mean: properties, units, residents, contacts, companies, vendors
and teammates. Every finder sees only what the asking person may see, so a refusal never tells what exists elsewhere.

Finders return the record, raise NotFound with near matches, or Ambiguous with the options to choose from.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.business import Company, Contact, Deal
from app.db.models.leasing import Lease, Resident
from app.db.models.maintenance import Vendor
from app.db.models.property import Property, Unit
from app.db.models.security import Person
from app.domain.errors import Ambiguous, NotFound
from app.domain.principal import Principal
from app.portfolio.visible import visible

NEAR = 3  # how many near matches are offered
OPTIONS = 5  # how many options fit under a question
CLOSE_ENOUGH = 90  # a typo: similarity from which a single best name is taken without asking
SIMILAR = 62  # worth offering
CANDIDATES = 3000  # names compared at most when nothing matches exactly
LIVING = ("current", "notice")

_AT_A_COMPANY = re.compile(r"(?P<name>[^()]+)\((?P<company>.+)\)")
_QUALIFIED = re.compile(r"(?P<name>[^()]+)\((?P<property>.+)\s(?P<unit>\S+)\)")


def folded(text: str) -> str:
    """A name as it is compared: lower case, straight apostrophes, single spaces."""
    return " ".join(text.replace("’", "'").replace("‘", "'").lower().split())


def listed(names: Sequence[str], word: str = "or") -> str:
    """`A`, `A or B`, `A, B or C`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def near(text: str, names: Sequence[str], *, limit: int = NEAR) -> tuple[str, ...]:
    """The names most like `text`, best first; none when nothing is similar."""
    scored = process.extract(folded(text), names, processor=folded, scorer=fuzz.WRatio, limit=limit)
    return tuple(name for name, score, _ in scored if score >= SIMILAR)


def _typo_of(text: str, names: Sequence[str]) -> str | None:
    best = process.extract(folded(text), names, processor=folded, scorer=fuzz.ratio, limit=2)
    if not best or best[0][1] < CLOSE_ENOUGH:
        return None
    if len(best) > 1 and best[0][1] - best[1][1] < 3:
        return None
    return best[0][0]


def _suggest(names: Sequence[str]) -> str:
    return f"Did you mean {listed(names)}?" if names else ""


async def properties(session: AsyncSession, principal: Principal) -> Sequence[Property]:
    """The properties the person may see, by name."""
    found = await session.scalars(select(Property).where(visible(principal, Property)).order_by(Property.name))
    return found.all()


async def find_property(session: AsyncSession, principal: Principal, name: str) -> Property:
    """The property people call `name`: its full name, an alias, or the words it starts with."""
    seen = await properties(session, principal)
    wanted = folded(name)
    if exact := [p for p in seen if folded(p.name) == wanted]:
        return _only(exact, name)
    by_words = [p for p in seen if wanted in _names_of(p) or folded(p.name).startswith(wanted + " ")]
    if by_words:
        return _only(by_words, name)
    all_names = {alias: p for p in seen for alias in [p.name, *_aliases(p)]}
    if typo := _typo_of(name, list(all_names)):
        return all_names[typo]
    close = tuple(dict.fromkeys(all_names[n].name for n in near(name, list(all_names))))
    raise NotFound(_no_property(name, principal), near=close, next_step=_suggest(close) or _your_properties(seen))


def _names_of(row: Property) -> set[str]:
    return {folded(row.name), *(folded(alias) for alias in _aliases(row))}


def _aliases(row: Property) -> list[str]:
    return [alias for alias in row.aliases.split("|") if alias]


def _only(found: Sequence[Property], name: str) -> Property:
    if len(found) == 1:
        return found[0]
    options = tuple(row.name for row in found[:OPTIONS])
    raise Ambiguous(f"Which “{name}” do you mean: {listed(options)}?", options=options)


def _no_property(name: str, principal: Principal) -> str:
    among = "" if principal.property_ids is None else " among the communities you have access to"
    return f"I couldn't find a community called “{name}”{among}."


def _your_properties(seen: Sequence[Property]) -> str:
    if not seen:
        return "You have no communities assigned yet; an administrator can add them."
    names = [row.name for row in seen[:OPTIONS]]
    more = f" and {len(seen) - OPTIONS} more" if len(seen) > OPTIONS else ""
    return f"You can ask about {', '.join(names)}{more}." if more else f"You can ask about {listed(names)}."


@dataclass(frozen=True)
class UnitPlace:
    """A unit and the community it is in."""

    unit: Unit
    home: Property

    def __str__(self) -> str:
        return f"unit {self.unit.number} at {self.home.name}"


async def find_unit(session: AsyncSession, principal: Principal, number: str, property_name: str | None) -> UnitPlace:
    """The unit of that number; without a property, the number must be unique among what the person sees."""
    wanted = number.upper()
    here = await find_property(session, principal, property_name) if property_name else None
    query = (
        select(Unit, Property)
        .join(Property, (Property.workspace_id == Unit.workspace_id) & (Property.id == Unit.property_id))
        .where(visible(principal, Unit), Unit.number == wanted)
        .order_by(Property.name)
        .limit(OPTIONS + 1)
    )
    if here is not None:
        query = query.where(Unit.property_id == here.id)
    found = (await session.execute(query)).all()
    if len(found) == 1:
        return UnitPlace(found[0][0], found[0][1])
    if not found:
        raise await _no_unit(session, principal, wanted, here)
    options = tuple(row[1].name for row in found[:OPTIONS])
    some = f"{', '.join(options)} and others" if len(found) > OPTIONS else listed(options, "and")
    raise Ambiguous(f"There is a unit {wanted} at {some}. Which community do you mean?", options=options)


async def _no_unit(session: AsyncSession, principal: Principal, number: str, here: Property | None) -> NotFound:
    if here is None:
        return NotFound(f"I couldn't find a unit {number}.", next_step="Which community is it in?")
    numbers = await session.scalars(
        select(Unit.number).where(visible(principal, Unit), Unit.property_id == here.id).limit(CANDIDATES)
    )
    scored = process.extract(number, numbers.all(), scorer=fuzz.ratio, limit=NEAR, score_cutoff=SIMILAR)
    close = tuple(name for name, _, _ in scored)
    return NotFound(f"There is no unit {number} at {here.name}.", near=close, next_step=_suggest(close))


@dataclass(frozen=True)
class Tenancy:
    """A resident with the lease that matters most (living there, else moving in, else the last one)."""

    resident: Resident
    home: Property
    lease: Lease | None
    unit: Unit | None
    shared_name: bool = False  # someone else the person sees has the same name

    @property
    def label(self) -> str:
        """A name that finds exactly this resident again."""
        name = self.resident.name
        if not self.shared_name:
            return name
        return f"{name} ({self.home.name} {self.unit.number})" if self.unit else name


async def find_resident(session: AsyncSession, principal: Principal, name: str) -> Tenancy:
    """The resident of that name. `Maria Gonzalez (Maple Grove 204)` tells two of the same name apart."""
    qualified = _QUALIFIED.fullmatch(name.strip())
    wanted = folded(qualified["name"] if qualified else name)
    people = await _tenancies(session, principal, Resident.search_name == wanted)
    if not people and (typed := await _likely_resident(session, principal, wanted)):
        people = await _tenancies(session, principal, Resident.search_name == typed)
    if not people:
        close = await _near_residents(session, principal, wanted)
        raise NotFound(
            f"I couldn't find a resident named “{name}”.",
            near=close,
            next_step=_suggest(close) or "Please check the spelling, or give me the unit and community.",
        )
    if qualified:
        here = folded(qualified["property"]), qualified["unit"].upper()
        exact = [t for t in people if t.unit and (folded(t.home.name), t.unit.number) == here]
        people = exact or people
    return _one_tenancy(people, name)


def _one_tenancy(people: Sequence[Tenancy], name: str) -> Tenancy:
    living = [t for t in people if t.lease is not None and t.lease.status in LIVING]
    fitting = living or people
    if len({t.resident.id for t in fitting}) == 1:
        return fitting[0]
    options = tuple(dict.fromkeys(t.label for t in fitting))[:OPTIONS]
    raise Ambiguous(f"There are several residents called {fitting[0].resident.name}. Which one?", options=options)


async def _tenancies(session: AsyncSession, principal: Principal, condition: Any) -> list[Tenancy]:
    """Each matching resident once, with their most relevant lease."""
    rank = case((Lease.status.in_(LIVING), 0), (Lease.status == "future", 1), (Lease.status == "past", 2), else_=3)
    found = await session.execute(
        select(Resident, Property, Lease, Unit)
        .join(Property, (Property.workspace_id == Resident.workspace_id) & (Property.id == Resident.property_id))
        .outerjoin(
            Lease,
            (Lease.workspace_id == Resident.workspace_id)
            & (Lease.resident_id == Resident.id)
            & Lease.deleted_at.is_(None),
        )
        .outerjoin(Unit, (Unit.workspace_id == Lease.workspace_id) & (Unit.id == Lease.unit_id))
        .where(visible(principal, Resident), condition)
        .order_by(Resident.id, rank, Lease.start_on.desc())
        .limit(200)
    )
    people: dict[str, tuple[Resident, Property, Lease | None, Unit | None]] = {}
    for resident, home, lease, unit in found:
        people.setdefault(resident.id, (resident, home, lease, unit))
    return [Tenancy(*row, shared_name=len(people) > 1) for row in people.values()]


async def tenancies_with(session: AsyncSession, principal: Principal, *, phone: str) -> list[Tenancy]:
    """The residents who have that phone number (E.164)."""
    return await _tenancies(session, principal, Resident.phone == phone)


async def tenancies_of(session: AsyncSession, principal: Principal, ids: Sequence[str]) -> list[Tenancy]:
    """The residents of these read-model ids."""
    return await _tenancies(session, principal, Resident.id.in_(ids))


async def tenancies_like(session: AsyncSession, principal: Principal, name: str) -> list[Tenancy]:
    """All residents of that name, the single closest spelling when there is none, or an empty list."""
    wanted = folded(name)
    people = await _tenancies(session, principal, Resident.search_name == wanted)
    if not people and (typed := await _likely_resident(session, principal, wanted)):
        people = await _tenancies(session, principal, Resident.search_name == typed)
    return people


async def _likely_resident(session: AsyncSession, principal: Principal, wanted: str) -> str | None:
    """The one name that the words must mean: it holds all of them, or is a typo away."""
    async for names in _candidates(session, principal, wanted):
        whole_words = [name for name in names if set(wanted.split()) <= set(name.split())]
        if len(whole_words) == 1:
            return whole_words[0]
        if not whole_words and (typo := _typo_of(wanted, names)):
            return typo
    return None


async def _candidates(session: AsyncSession, principal: Principal, wanted: str) -> AsyncIterator[list[str]]:
    """Names worth comparing, the cheap ways first: those that start alike, then those that share the last name."""
    start, last = wanted[:4], wanted.rsplit(maxsplit=1)[-1:]
    if not wanted:
        return
    for condition in (
        Resident.search_name.startswith(wanted, autoescape=True),
        (Resident.search_name >= start) & (Resident.search_name < start[:-1] + chr(ord(start[-1]) + 1)),
        Resident.search_name.endswith(" " + "".join(last), autoescape=True),
    ):
        query = select(Resident.search_name).where(visible(principal, Resident), condition).distinct()
        yield list(await session.scalars(query.limit(CANDIDATES)))


async def _near_residents(session: AsyncSession, principal: Principal, wanted: str) -> tuple[str, ...]:
    names = [name async for some in _candidates(session, principal, wanted) for name in some]
    close = near(wanted, list(dict.fromkeys(names)))
    found = await session.execute(
        select(Resident.search_name, func.min(Resident.name))
        .where(visible(principal, Resident), Resident.search_name.in_(close))
        .group_by(Resident.search_name)
    )
    shown = {row[0]: row[1] for row in found}
    return tuple(shown[name] for name in close if name in shown)


async def find_contact(session: AsyncSession, principal: Principal, name: str) -> tuple[Contact, Company | None]:
    """The CRM contact of that name, with the company. `Dana Whitman (Greystone Capital)` tells two of the same name
    apart."""
    qualified = _AT_A_COMPANY.fullmatch(name.strip())
    wanted = qualified["name"].strip() if qualified else name
    rows = await _contacts(session, principal, Contact.search_name == folded(wanted))
    if not rows:
        names = list(await session.scalars(select(Contact.name).where(visible(principal, Contact)).limit(20_000)))
        chosen, close = _choose(wanted, names)
        if chosen is None:
            raise NotFound(f"I couldn't find a contact named “{name}”.", near=close, next_step=_suggest(close))
        rows = await _contacts(session, principal, Contact.search_name == folded(chosen))
    if qualified:
        rows = [row for row in rows if row[1] and folded(row[1].name) == folded(qualified["company"])] or rows
    if len(rows) > 1:
        options = tuple(contact_label(*row) for row in rows[:OPTIONS])
        raise Ambiguous(f"There are several contacts called {rows[0][0].name}. Which one?", options=options)
    return rows[0]


def contact_label(contact: Contact, company: Company | None) -> str:
    """A name that finds this contact again, though somebody at another company has it too."""
    return f"{contact.name} ({company.name})" if company else contact.name


async def _contacts(
    session: AsyncSession, principal: Principal, condition: Any
) -> list[tuple[Contact, Company | None]]:
    found = await session.execute(
        select(Contact, Company)
        .outerjoin(Company, (Company.workspace_id == Contact.workspace_id) & (Company.id == Contact.company_id))
        .where(visible(principal, Contact), condition)
        .order_by(Contact.name)
        .limit(OPTIONS + 1)
    )
    return [(row[0], row[1]) for row in found]


def _choose(text: str, names: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """The one name that `text` must mean (its words, or a typo), else what comes near. Raises Ambiguous."""
    words = set(folded(text).split())
    fitting = sorted({n for n in names if words and words <= set(folded(n).split())})
    if len(fitting) == 1:
        return fitting[0], ()
    if fitting:
        options = tuple(fitting[:OPTIONS])
        raise Ambiguous(f"Which “{text}” do you mean: {listed(options)}?", options=options)
    return _typo_of(text, names), near(text, names)


async def find_company(session: AsyncSession, principal: Principal, name: str) -> Company:
    """The CRM company of that name, or of the one name that holds these words."""
    return await _by_name(session, principal, Company, name, "a company")


async def find_vendor(session: AsyncSession, principal: Principal, name: str) -> Vendor:
    """The vendor of that name."""
    return await _by_name(session, principal, Vendor, name, "a vendor")


async def find_deal(session: AsyncSession, principal: Principal, name: str) -> tuple[Deal, Company | None]:
    """The deal of that name, or the open deal with the company of that name (the latest one when all are closed)."""
    found = await session.execute(
        select(Deal, Company)
        .outerjoin(Company, (Company.workspace_id == Deal.workspace_id) & (Company.id == Deal.company_id))
        .where(visible(principal, Deal))
        .order_by(Deal.updated_at.desc())
        .limit(20_000)
    )
    rows = [(row[0], row[1]) for row in found]
    exact = [row for row in rows if folded(row[0].name) == folded(name)]
    if not exact:
        names = {row[0].name for row in rows} | {row[1].name for row in rows if row[1]}
        companies = sorted({row[1].name for row in rows if row[1]})
        chosen, close = _choose(name, companies)
        if chosen is None:
            chosen, close = _choose(name, sorted(names))
        if chosen is None:
            raise NotFound(f"I couldn't find a deal with “{name}”.", near=close, next_step=_suggest(close))
        exact = [row for row in rows if chosen in (row[0].name, row[1].name if row[1] else "")]
    still_open = [row for row in exact if not row[0].stage.startswith("closed")]
    fitting = still_open or exact[:1]
    if len(fitting) > 1:
        options = tuple(row[0].name for row in fitting[:OPTIONS])
        raise Ambiguous(f"There are several open deals with {name}. Which one?", options=options)
    return fitting[0]


async def _by_name(session: AsyncSession, principal: Principal, model: Any, name: str, what: str) -> Any:
    exact = await session.scalars(
        select(model).where(visible(principal, model), func.lower(model.name) == folded(name)).limit(2)
    )
    if row := exact.first():
        return row
    names = list(await session.scalars(select(model.name).where(visible(principal, model)).limit(20_000)))
    chosen, close = _choose(name, names)
    if chosen is None:
        raise NotFound(f"I couldn't find {what} called “{name}”.", near=close, next_step=_suggest(close))
    return (await session.scalars(select(model).where(visible(principal, model), model.name == chosen))).first()


async def find_teammate(session: AsyncSession, principal: Principal, name: str) -> Person:
    """A member of the team by name, first name, e-mail address or Slack id; `me` is the asking person."""
    wanted = folded(name).lstrip("@")
    if wanted in ("me", "myself", folded(principal.name)):
        me = await session.get(Person, (principal.workspace_id, principal.user_id))
        if me is not None:
            return me
    team = (
        await session.scalars(
            select(Person)
            .where(Person.workspace_id == principal.workspace_id, Person.is_team)
            .order_by(Person.name)
            .limit(5000)
        )
    ).all()
    exact = [p for p in team if wanted in (folded(p.name), p.id.lower(), p.email.lower())]
    if len(exact) == 1:
        return exact[0]
    chosen, close = _choose(name, [p.name for p in exact or team])
    if chosen is None:
        raise NotFound(f"There is nobody called “{name}” on the team.", near=close, next_step=_suggest(close))
    return next(p for p in team if p.name == chosen)


async def living_in(session: AsyncSession, unit: Unit) -> Resident | None:
    """The resident on the lease of whoever lives in the unit now."""
    found = await session.scalars(
        select(Resident)
        .join(Lease, (Lease.workspace_id == Resident.workspace_id) & (Lease.resident_id == Resident.id))
        .where(
            Lease.workspace_id == unit.workspace_id,
            Lease.unit_id == unit.id,
            Lease.status.in_(LIVING),
            Lease.deleted_at.is_(None),
        )
        .order_by(Lease.start_on.desc())
        .limit(1)
    )
    return found.first()

"""A spreadsheet that somebody shared is imported after a person approved what it would do: once, as it was looked at,
by those who may, on record."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import func, select

from app.channels.slack.files import SharedFile
from app.db.engine import Database
from app.db.models.leasing import Lease
from app.db.models.property import Unit
from app.domain.clock import CountingIds
from app.domain.errors import Fixable, NotAllowed, SophiaError
from app.domain.principal import Principal, Surface
from app.imports.load import Desk, import_file
from app.imports.reading import Wishes
from app.imports.shared import MOST_BYTES, SharedImports
from app.tools.core.gate import CallOrigin, Gate, Patience, Refused, Waiting, Workbench
from app.tools.core.services import Services
from app.tools.handed.import_file import TOOL
from tests.imports.office import ROLL, UNITS, csv_file
from tests.tools.gatehouse import WORKSPACE, Gatehouse, build_gatehouse

BROKEN = [*ROLL[:4], ["101", "1x1", 700, "", 1500, "Gonzalez, Maria", "a lot", "3/1/2026", "2/28/2027", 500]]


def sheet(rows: Sequence[Sequence[Any]]) -> bytes:
    made = io.StringIO()
    csv.writer(made).writerows(rows)
    return made.getvalue().encode()


@dataclass
class Drawer:
    """The files that people shared, by id."""

    house: Gatehouse
    files: dict[str, SharedFile] = field(default_factory=dict[str, SharedFile])

    def put(self, name: str, content: bytes, by: str = "U-ADA", file_id: str = "F1") -> str:
        now = self.house.clock.now()
        self.files[file_id] = SharedFile(file_id, name, "text/csv", content, "https://x.example", now, by)
        return file_id

    async def fetch(self, file_id: str) -> SharedFile:
        if file_id not in self.files:
            raise Fixable("Slack didn't let me see that file.", code="slack_file_refused")
        return self.files[file_id]

    @property
    def imports(self) -> SharedImports:
        house = self.house
        return SharedImports(house.db, house.clock, "America/Chicago", house.safeguards.audit, self.fetch)

    @property
    def gate(self) -> Gate:
        house = self.house
        nothing: Any = None
        services = Services(messages=nothing, systems=nothing, documents=nothing, imports=self.imports)
        bench = Workbench(house.db, house.clock, CountingIds(), services)
        return Gate({TOOL.name: TOOL}, bench, house.safeguards, Patience(read=60, prepare=60, write=60))

    async def call(self, user: str = "U-ADA", file_id: str = "F1", **more: Any) -> Waiting | SophiaError:
        person = await self.house.person(user)
        outcome = await self.gate.call(person, TOOL.name, {"file": file_id, "property": "Maple Grove", **more}, ORIGIN)
        if isinstance(outcome, Waiting):
            return outcome
        assert isinstance(outcome, Refused), outcome
        return outcome.error

    async def leases(self) -> int:
        async with self.house.db.reading() as session:
            return await session.scalar(select(func.count()).select_from(Lease)) or 0


ORIGIN = CallOrigin("turn-1", "D1:1.0", Surface.SLACK)


@pytest.fixture
async def drawer(sqlite_db: Database, tmp_path: Any) -> Drawer:
    house = await build_gatehouse(sqlite_db)
    desk = Desk(sqlite_db, WORKSPACE, house.clock, "America/Chicago", house.safeguards.audit, "cli")
    await import_file(desk, csv_file(tmp_path / "units.csv", UNITS), Wishes(create_properties=True))
    return Drawer(house)


def lines(card: Any) -> dict[str, str]:
    return {one.label: one.after for one in card.changes}


async def waiting(drawer: Drawer, user: str = "U-ADA", **more: Any) -> Any:
    outcome = await drawer.call(user, **more)
    assert isinstance(outcome, Waiting), outcome
    return outcome.card


async def refusal(drawer: Drawer, user: str = "U-ADA", **more: Any) -> SophiaError:
    outcome = await drawer.call(user, **more)
    assert isinstance(outcome, SophiaError), outcome
    return outcome


async def test_a_rent_roll_is_shown_then_approved_then_there_and_on_record(drawer: Drawer) -> None:
    drawer.put("maple roll.csv", sheet(ROLL))
    card = await waiting(drawer)
    assert await drawer.leases() == 0
    shown = lines(card)
    assert (card.title, shown["File"], shown["Kind"]) == ("Import a rent roll", "maple roll.csv", "a rent roll")
    assert (shown["Community"], shown["Rows taken"], shown["Rows refused"]) == ("Maple Grove", "3 of 3", "0")
    assert shown["Speaks for"] == "March 18, 2026"  # its title's day is in the future, which no file speaks for
    done = await drawer.gate.decide(card.approval_id, await drawer.house.person("U-ADA"), "approve")
    assert done.status == "executed", done.sentence
    assert await drawer.leases() == 2
    assert (await drawer.house.audited()).count("data.imported") == 2  # the units, and this


async def test_the_same_file_once_more_changes_nothing(drawer: Drawer) -> None:
    drawer.put("roll.csv", sheet(ROLL))
    ada, card = await drawer.house.person("U-ADA"), await waiting(drawer)
    assert (await drawer.gate.decide(card.approval_id, ada, "approve")).status == "executed"
    assert (await drawer.gate.decide(card.approval_id, ada, "approve")).status == "already"
    assert await drawer.leases() == 2
    assert (await refusal(drawer)).code == "import_nothing_new"


async def test_what_is_declined_is_not_imported(drawer: Drawer) -> None:
    drawer.put("roll.csv", sheet(ROLL))
    card = await waiting(drawer)
    assert (
        await drawer.gate.decide(card.approval_id, await drawer.house.person("U-ADA"), "decline")
    ).status == "declined"
    assert await drawer.leases() == 0


@pytest.mark.parametrize("user", ["U-MIA", "U-LEO", "U-MAX", "U-GUS"])
async def test_nobody_without_the_right_imports_or_approves(drawer: Drawer, user: str) -> None:
    drawer.put("roll.csv", sheet(ROLL), by=user)
    assert isinstance(await refusal(drawer, user), NotAllowed)
    drawer.put("roll.csv", sheet(ROLL))
    card = await waiting(drawer)
    assert (await drawer.gate.decide(card.approval_id, await drawer.house.person(user), "approve")).status == "refused"
    assert await drawer.leases() == 0


async def test_only_who_shared_a_file_has_it_imported(drawer: Drawer) -> None:
    drawer.put("secret.csv", sheet(ROLL), by="U-MIA")
    refused = await refusal(drawer)
    assert refused.code == "import_not_allowed"
    assert "secret" not in refused.for_people


async def test_who_sees_some_communities_only_imports_none(drawer: Drawer) -> None:
    drawer.put("roll.csv", sheet(ROLL))
    ada: Principal = replace(await drawer.house.person("U-ADA"), property_ids=frozenset({"maple"}))
    outcome = await drawer.gate.call(ada, TOOL.name, {"file": "F1"}, ORIGIN)
    assert isinstance(outcome, Refused)
    assert outcome.error.code == "import_not_allowed"


async def test_a_file_that_changed_after_the_look_is_not_imported(drawer: Drawer) -> None:
    drawer.put("roll.csv", sheet(ROLL))
    card = await waiting(drawer)
    drawer.put("roll.csv", sheet([*ROLL[:-1], ["104", "2x2", 1000, "", 1800, "Eve", 1, "2026-01-01", "2026-12-31", 0]]))
    done = await drawer.gate.decide(card.approval_id, await drawer.house.person("U-ADA"), "approve")
    assert done.status == "refused"
    assert await drawer.leases() == 0
    imports = drawer.imports
    with pytest.raises(Fixable) as changed:
        await imports.take(await drawer.house.person("U-ADA"), "F1", "0" * 64, "Maple Grove")
    assert changed.value.code == "file_changed"


async def test_refused_rows_are_on_the_card_with_their_reasons(drawer: Drawer) -> None:
    drawer.put("roll.csv", sheet([*BROKEN, ROLL[6]]))
    card = await waiting(drawer)
    shown = lines(card)
    assert (shown["Rows taken"], shown["Rows refused"]) == ("1 of 2", "1")
    assert any(label.startswith("Row ") and "a lot" not in label for label in shown)
    assert "1 row can't be taken" in card.consequence


async def test_a_file_of_which_nothing_can_be_taken_makes_no_card(drawer: Drawer) -> None:
    drawer.put("roll.csv", sheet(BROKEN))
    refused = await refusal(drawer)
    assert refused.code == "import_refused"
    assert "I can't take any of the 1 rows" in refused.for_people
    drawer.put("letter.csv", b"Dear Sophia,\nplease import this.\n")
    assert isinstance(await refusal(drawer), Fixable)


async def test_a_file_too_large_to_wait_for_is_left_to_the_terminal(drawer: Drawer) -> None:
    drawer.put("roll.csv", b"x" * (MOST_BYTES + 1))
    assert (await refusal(drawer)).code == "file_too_large"


async def test_a_formula_stays_text_and_a_name_leads_nowhere(drawer: Drawer) -> None:
    formula = [*ROLL[:4], ["101", "1x1", 700, "", 1500, '=HYPERLINK("http://x")', "1,450", "3/1/2026", "2/28/2027", 0]]
    drawer.put("../../etc/=roll.csv", sheet(formula))
    assert lines(await waiting(drawer))["File"] == "=roll.csv"


async def test_units_are_never_made_from_slack(drawer: Drawer) -> None:
    stranger = [[one if one != "Maple Grove" else "Nowhere Park" for one in row] for row in UNITS]
    drawer.put("units.csv", sheet(stranger))
    assert isinstance(await refusal(drawer), Fixable)
    async with drawer.house.db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Unit)) == 4

"""The whole of a table that an answer holds in part, through the real gate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.db.engine import Database
from app.domain.answer import Answer, AnswerKind, Table
from app.domain.clock import CountingIds
from app.domain.principal import Principal, Role, Surface
from app.security.keys import KeyRing
from app.security.people import principal_of
from app.security.redaction import Redactor
from app.security.safeguards import Safeguards
from app.tools.core.gate import CallOrigin, Done, Gate, Workbench
from app.tools.core.services import Services
from app.tools.core.whole import whole_table
from app.tools.list_work_orders import TOOL
from tests import demo
from tests.tools.gatehouse import MovableClock

TOOLS = {TOOL.name: TOOL}
ORIGIN = CallOrigin(turn_id="t1", conversation="D1:1", surface=Surface.SLACK)


@pytest.fixture
def gate(demo_db: Database) -> Gate:
    clock = MovableClock(demo.NOW)
    safeguards = Safeguards.build(demo_db, KeyRing(b"a secret for tests only"), clock, Redactor().value)
    nothing: Any = None
    services = Services(messages=nothing, systems=nothing, documents=nothing)
    return Gate(TOOLS, Workbench(demo_db, clock, CountingIds(), services), safeguards)


async def a_short_answer(gate: Gate, person: Principal) -> tuple[Answer, Table]:
    """An answer that carries three rows of more."""
    outcome = await gate.call(person, TOOL.name, {}, replace(ORIGIN, rows=3))
    assert isinstance(outcome, Done)
    table = outcome.presentation.table
    assert table is not None
    assert len(table.rows) == 3 < table.row_count
    return Answer(AnswerKind.ANSWER, "", tables=(table,), calls=((TOOL.name, outcome.arguments),)), table


async def test_a_file_holds_every_row_that_the_answer_counted(demo_db: Database, gate: Gate) -> None:
    person = await principal_of(demo_db, demo.WORKSPACE, demo.ADMIN.user_id)
    answer, table = await a_short_answer(gate, person)
    whole = await whole_table(answer, 0, person, ORIGIN, gate=gate.call, tools=TOOLS)
    assert len(whole.rows) == whole.row_count == table.row_count
    assert whole.rows[:3] == table.rows


async def test_when_a_right_was_taken_away_the_file_holds_what_was_shown_and_no_more(
    demo_db: Database, gate: Gate
) -> None:
    person = await principal_of(demo_db, demo.WORKSPACE, demo.ADMIN.user_id)
    answer, table = await a_short_answer(gate, person)
    guest = replace(person, roles=frozenset({Role.GUEST}), property_ids=frozenset[str]())
    assert await whole_table(answer, 0, guest, ORIGIN, gate=gate.call, tools=TOOLS) == table


async def test_of_two_tables_of_one_title_each_file_holds_its_own_rows(demo_db: Database, gate: Gate) -> None:
    person = await principal_of(demo_db, demo.WORKSPACE, demo.ADMIN.user_id)
    asked: list[dict[str, Any]] = [{"status": "open"}, {"status": "completed"}]
    done = [await gate.call(person, TOOL.name, one, replace(ORIGIN, rows=3)) for one in asked]
    tables = tuple(one.presentation.table for one in done if isinstance(one, Done) and one.presentation.table)
    assert len({table.title for table in tables}) == 1
    assert all(len(table.rows) < table.row_count for table in tables)
    answer = Answer(AnswerKind.ANSWER, "", tables=tables, calls=tuple((TOOL.name, one) for one in asked))
    for number, table in enumerate(tables):
        whole = await whole_table(answer, number, person, ORIGIN, gate=gate.call, tools=TOOLS)
        assert (len(whole.rows), whole.rows[:3]) == (table.row_count, table.rows)

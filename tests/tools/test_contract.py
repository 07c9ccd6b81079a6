"""What every tool promises, checked on all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from app.agent.figures import Ledger, check
from app.db.engine import Database
from app.db.models import Base
from app.db.models.leasing import Resident
from app.domain.answer import Chart, Table
from app.domain.errors import Fixable, NotAllowed, NotFound, SophiaError
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.definitions import DEFINITIONS
from app.tools.core.registry import all_tools
from tests.tools import world
from tests.tools.conftest import Desk
from tests.tools.questions import ALL, AT_A_PROPERTY, READS, WRITES


async def _everything(db: Database) -> dict[str, list[Any]]:
    """Every row of every table."""
    async with db.reading() as session:
        return {
            name: sorted(map(str, (await session.execute(select(table))).all()))
            for name, table in Base.metadata.tables.items()
        }


def test_there_is_a_question_for_every_tool() -> None:
    reads = {name for name, tool in all_tools().items() if tool.effect is Effect.READ}
    assert set(READS) == reads
    assert set(WRITES) == set(all_tools()) - reads


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_tool_says_what_it_is_doing_and_how_to_ask_for_it(name: str) -> None:
    tool = all_tools()[name]
    assert tool.doing and not tool.doing.endswith((".", "…"))
    assert tool.title and tool.description
    assert len(set(tool.examples)) >= 3
    assert (tool.effect is Effect.READ) == (tool.prepare is None)


async def test_every_read_tool_answers_on_both_databases(desk: Desk) -> None:
    for name, given in READS.items():
        shown = await desk.ask(name, **given)
        assert shown.text, name


@pytest.mark.parametrize("name", sorted(READS))
async def test_a_read_changes_nothing_and_names_its_source_and_its_age(sqlite_desk: Desk, name: str) -> None:
    before = await _everything(sqlite_desk.db)
    result = await sqlite_desk.result(name, **READS[name])
    assert await _everything(sqlite_desk.db) == before
    assert result.model_dump_json()
    if name != "search_knowledge":  # nothing was read: no documents are connected
        assert result.sources
    for source in result.sources:
        assert source.system and source.record and source.as_of.tzinfo is not None


@pytest.mark.parametrize("name", sorted(ALL))
async def test_every_number_in_the_text_comes_from_the_result(sqlite_desk: Desk, name: str) -> None:
    tool = all_tools()[name]
    given = ALL[name]
    if tool.prepare is not None:
        given = (await sqlite_desk.prepare(name, **given)).arguments
    args = tool.args.model_validate(given)
    result = await tool.run(sqlite_desk.context(key="k1"), args)
    shown = tool.present(args, result)
    ledger = Ledger(sqlite_desk.context().today, world.ADMIN.timezone)
    ledger.add_value(result.model_dump(exclude={"sources"}))
    ledger.add_value(result)
    ledger.add_value(args.model_dump())
    checked = check(shown.text, ledger)
    assert checked.text == shown.text


@pytest.mark.parametrize("name", sorted(ALL))
async def test_tables_and_charts_are_well_formed(sqlite_desk: Desk, name: str) -> None:
    shown = await (sqlite_desk.do if name in WRITES else sqlite_desk.ask)(name, **ALL[name])
    if shown.table is not None:
        _check_table(shown.table)
    for chart in shown.charts:
        _check_chart(chart)
    assert all(follow_up.strip() for follow_up in shown.follow_ups)


def test_what_tells_of_residents_or_their_money_or_reaches_a_person_is_personal() -> None:
    scopes = {
        Scope.RESIDENTS_READ, Scope.COLLECTIONS_READ, Scope.COLLECTIONS_WRITE, Scope.NOTICES_WRITE, Scope.MESSAGES_SEND
    }  # fmt: skip
    assert [name for name, tool in all_tools().items() if tool.scope in scopes and not tool.personal] == []


@pytest.mark.parametrize("name", sorted(name for name in ALL if not all_tools()[name].personal))
async def test_what_is_not_personal_names_no_resident(sqlite_desk: Desk, name: str) -> None:
    """docs/adr/0028: only what tells of persons is kept from a channel in which not everybody may know it."""
    async with sqlite_desk.db.reading() as session:
        residents = set(await session.scalars(select(Resident.name)))
    shown = await (sqlite_desk.do if name in WRITES else sqlite_desk.ask)(name, **ALL[name])
    told = str(shown)
    if name in AT_SOMEBODYS:
        told += str(await sqlite_desk.prepare(name, **{**ALL[name], **AT_SOMEBODYS[name]}))
    assert [resident for resident in residents if resident in told] == []


AT_SOMEBODYS: dict[str, dict[str, Any]] = {
    "create_work_order": {"property": "Maple Grove", "unit": "102"},
    "schedule_inspection": {"unit": "102", "date": "2026-03-25"},
}


def _check_table(table: Table) -> None:
    keys = [column.key for column in table.columns]
    assert len(set(keys)) == len(keys)
    assert table.rows
    assert all(len(row) == len(keys) for row in table.rows)
    assert table.total_rows is None or table.total_rows >= len(table.rows)


def _check_chart(chart: Chart) -> None:
    assert chart.categories and chart.series
    assert all(len(series.values) == len(chart.categories) for series in chart.series)


@pytest.mark.parametrize("name", sorted(WRITES))
async def test_preparing_changes_nothing_and_prepares_the_same_again(sqlite_desk: Desk, name: str) -> None:
    before = await _everything(sqlite_desk.db)
    first = await sqlite_desk.prepare(name, **WRITES[name])
    second = await sqlite_desk.prepare(name, **first.arguments)
    assert await _everything(sqlite_desk.db) == before
    assert not sqlite_desk.outbox.sent
    assert dataclasses.astuple(second) == dataclasses.astuple(first)
    assert first.consequence.endswith(".") and first.title
    assert first.changes
    assert set(first.editable) <= set(all_tools()[name].args.model_fields)


@pytest.mark.parametrize("name", sorted(WRITES))
async def test_a_repeat_with_the_same_key_changes_nothing_more(sqlite_desk: Desk, name: str) -> None:
    prepared = await sqlite_desk.prepare(name, **WRITES[name])
    before = await _everything(sqlite_desk.db)
    first = await sqlite_desk.ask(name, key="k1", **prepared.arguments)
    once, sent = await _everything(sqlite_desk.db), dict(sqlite_desk.outbox.sent)
    assert once != before or sent
    second = await sqlite_desk.ask(name, key="k1", **prepared.arguments)
    assert (await _everything(sqlite_desk.db), sqlite_desk.outbox.sent) == (once, sent)
    assert second.text == first.text


@pytest.mark.parametrize("name", sorted(WRITES))
async def test_a_write_whose_answer_was_lost_is_found_and_not_made_again(sqlite_desk: Desk, name: str) -> None:
    prepared = await sqlite_desk.prepare(name, **WRITES[name])
    await sqlite_desk.ask(name, key="k1", **prepared.arguments)
    once, sent = await _everything(sqlite_desk.db), dict(sqlite_desk.outbox.sent)
    tool = all_tools()[name]
    assert tool.reconcile is not None
    assert await tool.reconcile(sqlite_desk.context(key="k1"), tool.args(**prepared.arguments)) is not None
    assert (await _everything(sqlite_desk.db), sqlite_desk.outbox.sent) == (once, sent)


@pytest.mark.parametrize("name", AT_A_PROPERTY)
async def test_another_persons_property_reads_exactly_like_one_that_does_not_exist(
    sqlite_desk: Desk, name: str
) -> None:
    sentences = []
    for wanted in ("Harbor Point", "Nowhere Hills"):
        given = {**ALL[name], "property": wanted}
        with pytest.raises(NotFound) as refused:
            if name in WRITES:
                await sqlite_desk.prepare(name, world.MANAGER, **given)
            else:
                await sqlite_desk.ask(name, world.MANAGER, **given)
        sentences.append(refused.value.for_people.replace(wanted, "…"))
    assert sentences[0] == sentences[1]


@pytest.mark.parametrize("name", AT_A_PROPERTY)
async def test_a_person_without_communities_is_told_so_kindly(sqlite_desk: Desk, name: str) -> None:
    with pytest.raises((NotAllowed, NotFound)) as refused:
        if name in WRITES:
            await sqlite_desk.prepare(name, world.NEWCOMER, **ALL[name])
        else:
            await sqlite_desk.ask(name, world.NEWCOMER, **ALL[name])
    assert refused.value.next_step


@pytest.mark.parametrize("name", AT_A_PROPERTY)
async def test_a_misspelt_property_is_found_or_offered(sqlite_desk: Desk, name: str) -> None:
    given = {**ALL[name], "property": "Mapel Groove"}
    try:
        await (sqlite_desk.prepare if name in WRITES else sqlite_desk.ask)(name, **given)
    except NotFound as missing:
        assert "Maple Grove" in missing.for_people


@pytest.fixture
async def emptied(sqlite_db: Database) -> AsyncIterator[Desk]:
    """A workspace to which nothing has been connected yet."""
    from tests.tools.conftest import Outbox, PropertySystem

    yield Desk(sqlite_db, Outbox(), PropertySystem(sqlite_db))


@pytest.mark.parametrize("name", sorted(READS))
async def test_an_empty_workspace_gets_a_sentence_from_every_read(emptied: Desk, name: str) -> None:
    try:
        shown = await emptied.ask(name, **READS[name])
    except SophiaError as plain:
        assert plain.sentence.endswith((".", "?"))
    else:
        assert shown.text.endswith((".", "?"))
        assert shown.table is None or name == "get_usage_report"


DATED = sorted(name for name, tool in all_tools().items() if "start_date" in tool.args.model_fields)


@pytest.mark.parametrize("name", [name for name in DATED if "end_date" in all_tools()[name].args.model_fields])
@pytest.mark.parametrize(
    "dates",
    [("2026-06-30", "2026-01-01"), ("0001-01-01", "2026-03-01"), ("2026-03-01", "9999-12-31")],
    ids=["reversed", "year one", "far future"],
)
async def test_impossible_ranges_are_answered_with_a_question(
    sqlite_desk: Desk, name: str, dates: tuple[str, str]
) -> None:
    with pytest.raises(Fixable) as asked_back:
        await sqlite_desk.ask(name, **{**ALL[name], "start_date": dates[0], "end_date": dates[1]})
    assert asked_back.value.for_people.endswith((".", "?"))


@pytest.mark.parametrize(
    "hostile", ["'; DROP TABLE units; --", "%", "_", "\\", "💥", "a" * 5000, "Maple Grove\u0000", "  "]
)
async def test_hostile_names_are_only_names(sqlite_desk: Desk, hostile: str) -> None:
    for name, argument in (
        ("get_occupancy", "property"),
        ("lookup_resident", "name"),
        ("list_invoices", "vendor"),
        ("search_contacts", "name"),
        ("search_deals", "owner"),
        ("search_call_transcripts", "query"),
        ("list_tasks", "assignee"),
        ("get_resident_ledger", "resident"),
    ):
        try:
            shown = await sqlite_desk.ask(name, **{argument: hostile})
        except SophiaError as plain:
            assert plain.sentence
        else:
            assert shown.text


RESTS_ON = {
    "get_occupancy": ("occupancy",),
    "list_delinquent_residents": ("delinquency",),
    "get_budget_variance": ("noi",),
}


@pytest.mark.parametrize("name", sorted(READS))
async def test_an_answer_names_the_definitions_that_its_figures_rest_on(sqlite_desk: Desk, name: str) -> None:
    shown = await sqlite_desk.ask(name, **READS[name])
    assert set(shown.definitions) <= set(DEFINITIONS)
    if name in RESTS_ON:
        assert shown.definitions == RESTS_ON[name]
    if name in ("get_kpi", "compare_properties"):
        assert shown.definitions == (all_tools()[name].args(**READS[name]).metric,)

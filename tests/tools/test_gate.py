"""Calls at the gate: what runs, what waits, what is refused, and in which words."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.db.engine import Database
from app.domain.errors import Bug, Consequence
from app.domain.principal import Role
from app.security.budget import Limits
from app.security.people import Member, upsert_people
from app.telemetry.trace import trace
from app.tools.core.gate import Done, Patience, Refused, Waiting
from tests.tools.gatehouse import ORIGIN, WORKSPACE, Gatehouse, build_gatehouse, stop_forever


@pytest.fixture
async def house(db: Database) -> Gatehouse:
    return await build_gatehouse(db)


async def refusal(house: Gatehouse, user: str, tool: str, **arguments: Any) -> Refused:
    outcome = await house.gate.call(await house.person(user), tool, arguments, ORIGIN)
    assert isinstance(outcome, Refused), outcome
    return outcome


async def test_a_read_runs_and_is_audited(house: Gatehouse) -> None:
    outcome = await house.gate.call(await house.person("U-LEO"), "look", {"unit": "204"}, ORIGIN)
    assert isinstance(outcome, Done)
    assert outcome.presentation.text == "Unit 204 rents for $1,895."
    assert outcome.arguments == {"unit": "204"}
    assert await house.audited() == ["tool.read"]


async def test_a_write_changes_nothing_and_shows_a_card(house: Gatehouse) -> None:
    outcome = await house.gate.call(await house.person("U-MIA"), "set_rent", {"unit": "204", "rent": 1950}, ORIGIN)
    assert isinstance(outcome, Waiting)
    assert outcome.card.title == "Change the rent of 204"
    assert [(c.before, c.after) for c in outcome.card.changes] == [("$1,895", "$1,950")]
    assert outcome.card.approvers == "you"
    assert house.vendor.written == []
    assert await house.audited() == ["approval.requested"]


async def test_a_turn_that_runs_again_finds_its_own_request(house: Gatehouse) -> None:
    assert await house.ask("U-MIA") == await house.ask("U-MIA")
    assert (await house.audited()).count("approval.requested") == 1


async def test_the_same_asked_for_again_while_it_waits_is_the_same_request(house: Gatehouse) -> None:
    first = await house.ask("U-MIA")
    assert await house.ask("U-MIA", turn="turn-2") == first
    assert await house.ask("U-MIA", turn="turn-3", rent=1960) != first
    await house.gate.decide(first, await house.person("U-MIA"), "decline")
    assert await house.ask("U-MIA", turn="turn-4") != first
    assert (await house.audited()).count("approval.requested") == 3


async def test_somebody_without_the_right_is_told_who_has_it(house: Gatehouse) -> None:
    refused = await refusal(house, "U-LEO", "set_rent", unit="204", rent=1)
    assert refused.error.consequence is Consequence.NOT_ALLOWED
    assert refused.error.for_people == (
        "Your role does not let you change rents. "
        "Executives and property managers can; an administrator can give you that right."
    )
    assert await house.audited() == ["tool.refused"]


async def test_a_property_of_somebody_else_is_refused(house: Gatehouse) -> None:
    refused = await refusal(house, "U-MIA", "set_rent", unit="305", rent=1)
    assert refused.error.sentence == "That property is not one of yours."


@pytest.mark.parametrize("user", ["U-GUS", "U-NOBODY"])
async def test_guests_and_strangers_get_a_kind_sentence_and_nothing_else(house: Gatehouse, user: str) -> None:
    refused = await refusal(house, user, "look", unit="204")
    assert refused.error.consequence is Consequence.NOT_ALLOWED
    assert "1,895" not in refused.error.for_people
    assert refused.error.for_people.endswith("Your administrator can add you.")


async def test_a_tool_that_does_not_exist_is_named_with_the_nearest_one(house: Gatehouse) -> None:
    refused = await refusal(house, "U-MIA", "set_rents")
    assert refused.error.code == "unknown_tool"
    assert refused.error.for_people == "There is no tool called “set_rents”. Did you mean set_rent?"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"rent": 1}, "I still need the unit (Unit number)."),
        ({"unit": "204", "rent": "cheap"}, "I can't use “cheap” as the rent: it must be a whole number."),
        ({"unit": "204", "rent": -5}, "I can't use “-5” as the rent: it must be at least 0."),
        (
            {"unit": "204", "rent": 1, "kind": "odd"},
            "I can't use “odd” as the kind: it must be one of asking or renewal.",
        ),
        (
            {"unit": "204", "rent": 1, "color": "red"},
            "There is nothing called “color” to give here; I take: unit, rent, note, kind.",
        ),
        ({"unit": ["a"], "rent": 1}, "I can't use “['a']” as the unit: it must be text."),
        ({"unit": "9" * 200_000, "rent": 1}, "The unit has 200,000 characters; I take up to 10,000."),
    ],
)
async def test_a_wrong_argument_is_named_with_what_is_expected(
    house: Gatehouse, arguments: dict[str, Any], sentence: str
) -> None:
    assert (await refusal(house, "U-MIA", "set_rent", **arguments)).error.sentence == sentence


async def test_what_a_tool_says_is_passed_on_as_it_is(house: Gatehouse) -> None:
    refused = await refusal(house, "U-LEO", "look", unit="999")
    assert refused.error.sentence == "There is no unit 999."
    assert refused.error.near == ("204",)  # type: ignore[attr-defined]


async def test_a_bug_in_a_tool_shows_a_reference_and_no_exception_text(house: Gatehouse) -> None:
    async def broken(ctx: Any, args: Any) -> Any:
        raise RuntimeError("secret internals")

    house.tools["look"] = dataclasses.replace(house.tools["look"], run=broken)
    with trace("trace-42"):
        refused = await refusal(house, "U-LEO", "look", unit="204")
    assert isinstance(refused.error, Bug)
    assert "trace-42" in refused.error.for_people
    assert "secret internals" not in refused.error.for_people


async def test_a_locked_database_is_a_sentence_to_try_again(house: Gatehouse) -> None:
    async def locked(ctx: Any, args: Any) -> Any:
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    house.tools["look"] = dataclasses.replace(house.tools["look"], run=locked)
    refused = await refusal(house, "U-LEO", "look", unit="204")
    assert refused.error.code == "database_busy"
    assert refused.error.consequence is Consequence.RETRY_LATER


async def test_a_read_that_takes_too_long_ends_with_a_sentence(db: Database) -> None:
    house = await build_gatehouse(db, patience=Patience(read=0.05))

    async def endless(ctx: Any, args: Any) -> Any:
        await stop_forever()

    house.tools["look"] = dataclasses.replace(house.tools["look"], run=endless)
    assert (await refusal(house, "U-LEO", "look", unit="204")).error.code == "too_slow"


@pytest.mark.parametrize(
    ("switch", "sentence"),
    [
        ("tool:look", "“Look” is switched off at the moment: wrong figures."),
        ("bot", "Sophia is switched off at the moment: wrong figures."),
    ],
)
async def test_a_thrown_switch_stops_the_call_within_seconds(house: Gatehouse, switch: str, sentence: str) -> None:
    leo = await house.person("U-LEO")
    assert isinstance(await house.gate.call(leo, "look", {"unit": "204"}, ORIGIN), Done)
    await house.safeguards.switches.set(WORKSPACE, switch, on=False, by="U-ADA", reason="wrong figures")
    refused = await refusal(house, "U-LEO", "look", unit="204")
    assert (refused.error.sentence, refused.error.code) == (sentence, "switched_off")
    await house.safeguards.switches.set(WORKSPACE, switch, on=True, by="U-ADA")
    assert isinstance(await house.gate.call(leo, "look", {"unit": "204"}, ORIGIN), Done)


async def test_too_many_calls_a_minute_are_refused_until_the_next_minute(db: Database) -> None:
    limits = Limits(person_minute=2)
    house = await build_gatehouse(db, calls=limits)
    leo, mia = await house.person("U-LEO"), await house.person("U-MIA")
    for _ in range(2):
        assert isinstance(await house.gate.call(leo, "look", {"unit": "204"}, ORIGIN), Done)
    refused = await refusal(house, "U-LEO", "look", unit="204")
    assert refused.error.sentence == "You have reached the limit of 2 look-ups a minute."
    assert isinstance(await house.gate.call(mia, "look", {"unit": "204"}, ORIGIN), Done)
    house.clock.pass_by(minutes=1)
    assert isinstance(await house.gate.call(leo, "look", {"unit": "204"}, ORIGIN), Done)


async def test_secrets_in_arguments_do_not_reach_the_audit_chain(house: Gatehouse) -> None:
    key = "sk-ant-" + "a1B2" * 8
    await refusal(house, "U-LEO", "look", unit=key)
    entries = await house.safeguards.audit.newest(WORKSPACE)
    assert entries
    assert all(key not in entry.detail for entry in entries)


async def test_a_waiting_request_names_who_may_approve_it(house: Gatehouse) -> None:
    outcome = await house.gate.call(
        await house.person("U-MIA"), "set_rent_by_two", {"unit": "204", "rent": 1950}, ORIGIN
    )
    assert isinstance(outcome, Waiting)
    assert outcome.card.approvers == "an executive or a property manager"


async def test_those_who_may_approve_are_found_without_the_one_who_asked(house: Gatehouse) -> None:
    outcome = await house.gate.call(
        await house.person("U-MIA"), "set_rent_by_two", {"unit": "204", "rent": 1950}, ORIGIN
    )
    assert isinstance(outcome, Waiting)
    mia = await house.person("U-MIA")
    able = await house.gate.approvers(mia.workspace_id, outcome.card.approval_id)
    assert [person.name for person in able] == ["Ada Admin"]
    assert await house.gate.approvers("another workspace", outcome.card.approval_id) == []
    await house.gate.decide(outcome.card.approval_id, mia, "decline")
    assert await house.gate.approvers(mia.workspace_id, outcome.card.approval_id) == []


async def test_a_person_sees_their_own_waiting_requests(house: Gatehouse) -> None:
    first = await house.ask("U-MIA")
    house.clock.pass_by(minutes=1)
    second = await house.ask("U-MIA", rent=1999)
    mia = await house.person("U-MIA")
    assert [card.approval_id for card in await house.gate.waiting(mia)] == [first, second]
    assert await house.gate.waiting(await house.person("U-ADA")) == []


async def test_a_member_who_gets_a_role_may_call_at_once(house: Gatehouse) -> None:
    await upsert_people(house.db, WORKSPACE, [Member("U-GUS", "Gus", frozenset({Role.LEASING}), frozenset({"maple"}))])
    outcome = await house.gate.call(await house.person("U-GUS"), "look", {"unit": "204"}, ORIGIN)
    assert isinstance(outcome, Done)

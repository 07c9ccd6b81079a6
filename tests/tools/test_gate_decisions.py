"""Clicks at the gate: approved once, by the right person, exactly as shown, and never repeated blindly."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any

import pytest
from sqlalchemy import select, text, update

from app.db.engine import Database
from app.db.models.security import ActionJournal, ApprovalRequest
from app.domain.answer import EditableField
from app.domain.errors import NotAllowed, RetryLater
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.security.people import Member, upsert_people
from app.tools.core.gate import Done, Patience, Waiting
from app.tools.core.tool import ToolArgs
from tests.tools.gatehouse import (
    WORKSPACE,
    Gatehouse,
    build_gatehouse,
    gate_with,
    lose_the_answer,
    stop_forever,
)


@pytest.fixture
async def house(db: Database) -> Gatehouse:
    return await build_gatehouse(db)


async def click(house: Gatehouse, approval_id: str, user: str = "U-MIA", verdict: Any = "approve", **edits: Any) -> Any:
    return await house.gate.decide(approval_id, await house.person(user), verdict, edits or None)


async def stored(house: Gatehouse, approval_id: str) -> tuple[str, str | None]:
    """Status of the request and state of its journal row."""
    async with house.db.reading() as session:
        status = await session.scalar(select(ApprovalRequest.status).where(ApprovalRequest.id == approval_id))
        state = await session.scalar(select(ActionJournal.state).where(ActionJournal.id == approval_id))
    assert status is not None
    return status, state


async def test_an_approved_action_is_carried_out_once_and_audited(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    decision = await click(house, approval)
    assert decision.status == "executed"
    assert decision.sentence == "Unit 204 rents for $1,950."
    assert isinstance(decision.outcome, Done)
    assert decision.decided_by == "U-MIA"
    assert house.vendor.written == [(approval, "204", 1950)]
    assert await stored(house, approval) == ("executed", "done")
    assert await house.audited() == ["approval.requested", "approval.approved", "action.executed"]


async def test_a_second_click_learns_what_became_of_the_first(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    await click(house, approval)
    decision = await click(house, approval, "U-ADA")
    assert decision.status == "already"
    assert decision.sentence == "Mia Manager has already decided this. Unit 204 rents for $1,950."
    assert len(house.vendor.written) == 1


async def test_many_clicks_at_once_carry_it_out_once(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    other_process = gate_with(house)
    mia, ada = await house.person("U-MIA"), await house.person("U-ADA")
    decisions = await asyncio.gather(
        *(gate.decide(approval, who, "approve") for gate in (house.gate, other_process) for who in (mia, ada) * 3)
    )
    assert len(house.vendor.written) == 1
    assert sorted(decision.status for decision in decisions) == ["already"] * 11 + ["executed"]
    assert (await house.audited()).count("approval.approved") == 1


async def test_approve_and_decline_at_once_give_one_of_the_two(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    approved, declined = await asyncio.gather(click(house, approval), click(house, approval, "U-ADA", "decline"))
    assert {approved.status, declined.status} in ({"executed", "already"}, {"already", "declined"})
    assert len(house.vendor.written) == (approved.status == "executed")


async def test_a_declined_request_changes_nothing_and_stays_declined(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    declined = await click(house, approval, verdict="decline")
    assert (declined.status, declined.sentence) == ("declined", "Declined. Nothing was changed.")
    late = await click(house, approval)
    assert late.status == "already"
    assert late.sentence == "Mia Manager has already declined this. Nothing was changed."
    assert house.vendor.written == []


@pytest.mark.parametrize("user", ["U-LEO", "U-MAX", "U-OTTO", "U-GUS", "U-NOBODY"])
@pytest.mark.parametrize("verdict", ["approve", "decline"])
async def test_somebody_without_the_right_cannot_decide(house: Gatehouse, user: str, verdict: str) -> None:
    approval = await house.ask("U-MIA")
    decision = await click(house, approval, user, verdict)
    assert decision.status == "refused"
    assert decision.sentence
    assert await stored(house, approval) == ("pending", None)
    assert (await house.audited())[-1] == "approval.refused"


async def test_the_rights_a_caller_claims_do_not_count_only_those_on_record(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    forged = Principal(WorkspaceId(WORKSPACE), UserId("U-GUS"), "Gus", frozenset({Role.ADMIN}))
    assert (await house.gate.decide(approval, forged, "approve")).status == "refused"
    assert house.vendor.written == []


async def test_an_action_for_two_people_is_not_approved_by_its_requester(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA", "set_rent_by_two")
    own = await click(house, approval)
    assert own.status == "refused"
    assert own.sentence == "Somebody else has to approve this one: an executive or a property manager."
    assert (await click(house, approval, "U-ADA")).status == "executed"


async def test_a_requester_may_withdraw_what_only_others_may_approve(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA", "set_rent_by_two")
    assert (await click(house, approval, verdict="decline")).status == "declined"


async def test_a_click_after_the_expiry_does_nothing(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    house.clock.pass_by(hours=24)
    decision = await click(house, approval)
    assert decision.status == "expired"
    assert await stored(house, approval) == ("expired", None)
    assert (await house.audited())[-1] == "approval.expired"


async def test_a_longer_expiry_written_into_the_row_is_noticed(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    house.clock.pass_by(hours=25)
    await _tamper(house, approval, expires_at=house.clock.now().replace(year=2030))
    assert (await click(house, approval)).status == "failed"
    assert house.vendor.written == []


@pytest.mark.parametrize(
    "change",
    [
        {"arguments": json.dumps({"unit": "204", "rent": 1}, separators=(",", ":"))},
        {"tool": "set_rent_blind"},
        {"requester_id": "U-ADA"},
        {"conversation": "D9:9.9"},
        {"preparation": "{}"},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_row_changed_behind_the_gate_is_never_carried_out(house: Gatehouse, change: dict[str, Any]) -> None:
    approval = await house.ask("U-MIA")
    await _tamper(house, approval, **change)
    decision = await click(house, approval, "U-ADA")
    assert decision.status == "failed"
    assert decision.sentence == "This request is not the one I showed, so I won't carry it out. Please ask me again."
    assert house.vendor.written == []
    assert (await stored(house, approval))[0] == "failed"
    assert (await house.audited())[-1] == "approval.tampered"


async def test_an_executed_request_set_back_to_pending_is_not_carried_out_again(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA", rent=1895)  # the same as now, so that the card still fits afterwards
    await click(house, approval)
    await _tamper(house, approval, status="pending")
    decision = await click(house, approval)
    assert decision.status == "already"
    assert len(house.vendor.written) == 1
    assert await stored(house, approval) == ("executed", "done")


async def test_a_request_of_another_workspace_cannot_be_seen_or_decided(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    await upsert_people(house.db, "T2", [Member("U-EVE", "Eve", frozenset({Role.ADMIN}))])
    eve = Principal(WorkspaceId("T2"), UserId("U-EVE"), "Eve", frozenset({Role.ADMIN}))
    decision = await house.gate.decide(approval, eve, "approve")
    assert decision.status == "refused"
    assert decision.card is None
    assert await stored(house, approval) == ("pending", None)


async def test_a_row_copied_into_another_workspace_is_not_genuine(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    await upsert_people(house.db, "T2", [Member("U-EVE", "Eve", frozenset({Role.ADMIN}))])
    async with house.db.transaction() as session:
        await session.execute(update(ApprovalRequest).values(workspace_id="T2"))
    eve = Principal(WorkspaceId("T2"), UserId("U-EVE"), "Eve", frozenset({Role.ADMIN}))
    assert (await house.gate.decide(approval, eve, "approve")).status == "failed"
    assert house.vendor.written == []


async def test_a_requester_who_lost_the_role_gets_nothing_done_in_their_name(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    await upsert_people(house.db, WORKSPACE, [Member("U-MIA", "Mia Manager", frozenset({Role.GUEST}))])
    decision = await click(house, approval, "U-ADA")
    assert decision.status == "refused"
    assert decision.sentence == "Mia Manager may no longer do this, so I won't do it in their name."
    assert house.vendor.written == []


async def test_an_approver_who_lost_the_property_cannot_approve(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    mia = await house.person("U-MIA")
    await upsert_people(
        house.db, WORKSPACE, [Member("U-MIA", "Mia", frozenset({Role.PROPERTY_MANAGER}), frozenset({"oak"}))]
    )
    assert (await house.gate.decide(approval, mia, "approve")).status == "refused"
    assert house.vendor.written == []


async def test_a_switch_thrown_after_the_card_was_shown_stops_the_click(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    await house.safeguards.switches.set(WORKSPACE, "tool:set_rent", on=False, by="U-ADA")
    decision = await click(house, approval)
    assert decision.status == "refused"
    assert "switched off" in decision.sentence
    await house.safeguards.switches.set(WORKSPACE, "tool:set_rent", on=True, by="U-ADA")
    assert (await click(house, approval)).status == "executed"


async def test_when_the_world_changed_the_card_is_shown_again_before_anything_happens(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    house.vendor.rents["204"] = 2000
    first = await click(house, approval)
    assert first.status == "refused"
    assert isinstance(first.outcome, Waiting)
    assert [(c.before, c.after) for c in first.card.changes] == [("$2,000", "$1,950")]
    assert house.vendor.written == []
    assert (await click(house, approval)).status == "executed"


async def test_a_warning_that_came_after_the_card_is_shown_before_anything_happens(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    house.vendor.warning = " Please check first: it was raised yesterday."
    first = await click(house, approval)
    assert first.status == "refused"
    assert first.card.consequence.endswith("Please check first: it was raised yesterday.")
    assert house.vendor.written == []
    assert (await click(house, approval)).status == "executed"


async def test_an_edit_over_values_that_have_changed_since_is_shown_again(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")  # $1,895 to $1,950
    house.vendor.rents["204"] = 2100
    first = await click(house, approval, rent=1999)
    assert first.status == "refused"
    assert [(c.before, c.after) for c in first.card.changes] == [("$2,100", "$1,999")]
    assert house.vendor.written == []
    assert (await click(house, approval)).status == "executed"
    assert house.vendor.written == [(approval, "204", 1999)]


async def test_when_the_thing_is_gone_the_click_says_so(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    del house.vendor.rents["204"]
    decision = await click(house, approval)
    assert (decision.status, decision.sentence) == ("refused", "There is no unit 204.")


async def test_an_edit_is_what_gets_carried_out(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    assert await house.gate.editable_fields(approval, await house.person("U-MIA")) == [
        EditableField("rent", 1950, required=True),
        EditableField("note", None),
    ]
    decision = await click(house, approval, rent="1925", note="as agreed")
    assert decision.status == "executed"
    assert decision.outcome.arguments == {"unit": "204", "rent": 1925, "note": "as agreed"}
    assert house.vendor.written == [(approval, "204", 1925)]
    entries = await house.safeguards.audit.newest(WORKSPACE)
    approved = next(json.loads(entry.detail) for entry in entries if entry.action == "approval.approved")
    assert approved["edited"] == ["note", "rent"]
    assert approved["shown_arguments"] == {"unit": "204", "rent": 1950}
    assert approved["arguments"] == {"unit": "204", "rent": 1925, "note": "as agreed"}


async def test_only_what_is_editable_can_be_edited(house: Gatehouse) -> None:
    approval = await house.ask("U-ADA")
    decision = await click(house, approval, "U-ADA", unit="305")
    assert (decision.status, decision.sentence) == ("refused", "Only this can be edited here: rent, note.")
    assert house.vendor.written == []


async def test_a_wrong_edit_is_refused_with_what_is_expected(house: Gatehouse) -> None:
    decision = await click(house, await house.ask("U-MIA"), rent="cheap")
    assert decision.status == "refused"
    assert decision.sentence == "I can't use “cheap” as the rent: it must be a whole number."


async def test_an_action_for_two_people_cannot_be_edited_by_one_of_them(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA", "set_rent_by_two")
    assert (await click(house, approval, "U-ADA", rent=5)).status == "refused"
    assert house.vendor.written == []


async def test_a_lost_answer_whose_write_is_found_counts_as_done(house: Gatehouse) -> None:
    house.vendor.after = lose_the_answer
    approval = await house.ask("U-MIA")
    assert (await click(house, approval)).status == "executed"
    assert len(house.vendor.written) == 1
    assert await stored(house, approval) == ("executed", "done")


async def test_a_lost_answer_whose_write_is_not_found_waits_for_another_click(house: Gatehouse) -> None:
    house.vendor.before = lose_the_answer
    approval = await house.ask("U-MIA")
    decision = await click(house, approval)
    assert decision.status == "failed"
    assert decision.card is not None
    assert await stored(house, approval) == ("pending", "failed")
    assert house.vendor.written == []
    house.vendor.before = None
    assert (await click(house, approval)).status == "executed"
    assert len(house.vendor.written) == 1


async def test_a_lost_answer_that_cannot_be_read_back_needs_a_person_and_is_not_repeated(house: Gatehouse) -> None:
    house.vendor.after = lose_the_answer
    approval = await house.ask("U-MIA", "set_rent_blind")
    decision = await click(house, approval)
    assert decision.status == "unknown"
    assert decision.sentence.startswith("I can't tell whether “Change the rent of 204” went through")
    assert (await click(house, approval)).status == "already"
    assert len(house.vendor.written) == 1
    assert await stored(house, approval) == ("unknown", "unknown")


async def test_a_lost_answer_whose_read_back_fails_needs_a_person(house: Gatehouse) -> None:
    house.vendor.after = lose_the_answer
    house.vendor.read_back = lose_the_answer
    assert (await click(house, await house.ask("U-MIA"))).status == "unknown"
    assert len(house.vendor.written) == 1


async def test_a_write_that_never_answers_is_looked_up(db: Database) -> None:
    house = await build_gatehouse(db, patience=Patience(write=0.05, read_back_after=(0.0,)))
    house.vendor.after = stop_forever
    assert (await click(house, await house.ask("U-MIA"))).status == "executed"
    assert len(house.vendor.written) == 1


async def test_a_bug_in_the_middle_of_a_write_is_looked_up_not_assumed(house: Gatehouse) -> None:
    async def crash() -> None:
        raise RuntimeError("internals")

    house.vendor.after = crash
    decision = await click(house, await house.ask("U-MIA"))
    assert decision.status == "executed"
    assert "internals" not in decision.sentence


async def test_a_busy_vendor_leaves_the_request_waiting(house: Gatehouse) -> None:
    async def busy() -> None:
        raise RetryLater("Entrata is busy.", next_step="Please try again in a minute.")

    house.vendor.before = busy
    approval = await house.ask("U-MIA")
    decision = await click(house, approval)
    assert (decision.status, decision.sentence) == ("failed", "Entrata is busy. Please try again in a minute.")
    assert decision.card is not None
    assert (await stored(house, approval))[0] == "pending"


async def test_a_vendor_that_says_no_ends_the_request(house: Gatehouse) -> None:
    async def no() -> None:
        raise NotAllowed("Entrata says this lease is locked.")

    house.vendor.before = no
    approval = await house.ask("U-MIA")
    decision = await click(house, approval)
    assert (decision.status, decision.card) == ("failed", None)
    assert await stored(house, approval) == ("failed", "failed")


class Killed(BaseException):
    """Stands for kill -9: nothing in the process can catch it in time."""


@pytest.mark.parametrize(("where", "ends"), [("before", "pending"), ("after", "executed")])
async def test_a_crash_around_the_write_is_cleared_up_by_reading_back(house: Gatehouse, where: str, ends: str) -> None:
    async def die() -> None:
        raise Killed

    setattr(house.vendor, where, die)
    approval = await house.ask("U-MIA")
    with pytest.raises(Killed):
        await click(house, approval)
    assert await stored(house, approval) == ("approved", "begun")
    assert (await click(house, approval)).status == "already"
    restarted = gate_with(house)
    assert await restarted.reconcile_pending() == []  # another process might still be at it
    house.clock.pass_by(minutes=5)
    (settled,) = await restarted.reconcile_pending()
    assert settled.approval_id == approval
    assert settled.decision.status == ("executed" if ends == "executed" else "failed")
    assert (await stored(house, approval))[0] == ends
    assert await restarted.reconcile_pending() == []
    assert len(house.vendor.written) == (where == "after")


async def test_a_crash_of_a_write_that_cannot_be_read_back_needs_a_person(house: Gatehouse) -> None:
    async def die() -> None:
        raise Killed

    house.vendor.after = die
    approval = await house.ask("U-MIA", "set_rent_blind")
    with pytest.raises(Killed):
        await click(house, approval)
    house.clock.pass_by(minutes=5)
    (settled,) = await house.gate.reconcile_pending()
    assert settled.decision.status == "unknown"
    assert len(house.vendor.written) == 1


@pytest.mark.parametrize("step", ["journal.begin", "append_in"])
async def test_a_crash_before_the_action_is_begun_leaves_the_request_waiting(
    house: Gatehouse, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: Any, **__: Any) -> None:
        raise Killed

    approval = await house.ask("U-MIA")
    with monkeypatch.context() as patch:
        if step == "append_in":
            patch.setattr(house.safeguards.audit, "append_in", die)
        else:
            patch.setattr("app.tools.core.clicks.journal.begin", die)
        with pytest.raises(Killed):
            await click(house, approval)
    assert await stored(house, approval) == ("pending", None)
    assert (await click(house, approval)).status == "executed"
    assert len(house.vendor.written) == 1


async def test_a_crash_before_the_outcome_is_recorded_does_not_write_twice(
    house: Gatehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: Any, **__: Any) -> None:
        raise Killed

    approval = await house.ask("U-MIA")
    with monkeypatch.context() as patch:
        patch.setattr("app.tools.core.execution.journal.end", die)
        with pytest.raises(Killed):
            await click(house, approval)
    house.clock.pass_by(minutes=5)
    (settled,) = await house.gate.reconcile_pending()
    assert settled.decision.status == "executed"
    assert len(house.vendor.written) == 1


async def test_a_database_that_fails_after_the_write_still_tells_the_truth(
    house: Gatehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    approval = await house.ask("U-MIA")
    with monkeypatch.context() as patch:
        patch.setattr("app.tools.core.execution.journal.end", fail)
        assert (await click(house, approval)).status == "executed"
    assert await stored(house, approval) == ("approved", "begun")
    house.clock.pass_by(minutes=5)
    (settled,) = await house.gate.reconcile_pending()
    assert settled.decision.status == "executed"
    assert len(house.vendor.written) == 1


async def test_requests_nobody_decided_expire_by_themselves(house: Gatehouse) -> None:
    approval = await house.ask("U-MIA")
    house.clock.pass_by(hours=24)
    (settled,) = await house.gate.reconcile_pending()
    assert (settled.approval_id, settled.decision.status) == (approval, "expired")
    assert await house.gate.reconcile_pending() == []


async def test_a_picture_that_fails_does_not_undo_what_was_done(house: Gatehouse) -> None:
    def broken(args: Any, result: Any) -> Any:
        raise RuntimeError("internals")

    house.tools["set_rent"] = dataclasses.replace(house.tools["set_rent"], present=broken)
    decision = await click(house, await house.ask("U-MIA"))
    assert (decision.status, decision.sentence) == ("executed", "Done: Change the rent of 204.")


async def test_a_request_that_does_not_exist_gets_a_sentence(house: Gatehouse) -> None:
    decision = await click(house, "apr_nothing")
    assert decision.status == "refused"
    assert decision.sentence.startswith("I can't find that request")


async def _tamper(house: Gatehouse, approval_id: str, **values: Any) -> None:
    """Changes the row as somebody with access to the database would."""
    async with house.db.transaction() as session:
        await session.execute(update(ApprovalRequest).where(ApprovalRequest.id == approval_id).values(**values))
        await session.execute(text("SELECT 1"))


async def _died_in(house: Gatehouse, where: str) -> str:
    """A request whose write was begun by a process that is gone, long enough ago to be cleared up."""

    async def die() -> None:
        raise Killed

    setattr(house.vendor, where, die)
    approval = await house.ask("U-MIA")
    with pytest.raises(Killed):
        await click(house, approval)
    setattr(house.vendor, where, None)
    house.clock.pass_by(minutes=5)
    return approval


async def test_who_clears_up_late_never_ends_a_later_attempt(house: Gatehouse) -> None:
    """Two processes look for one lost write; the person approves again while the slower one still looks."""
    approval = await _died_in(house, "before")
    looking, go_on = asyncio.Event(), asyncio.Event()

    async def slow_look() -> None:
        house.vendor.read_back = None
        looking.set()
        await go_on.wait()

    house.vendor.read_back = slow_look
    slow = asyncio.create_task(gate_with(house).reconcile_pending())
    await looking.wait()
    (settled,) = await house.gate.reconcile_pending()
    assert (settled.decision.status, settled.decision.still_waits) == ("failed", True)

    house.clock.pass_by(seconds=1)
    writing, written = asyncio.Event(), asyncio.Event()

    async def slow_write() -> None:
        writing.set()
        await written.wait()

    house.vendor.before = slow_write
    again = asyncio.create_task(click(house, approval))
    await writing.wait()
    go_on.set()
    assert await slow == []
    assert await stored(house, approval) == ("approved", "begun")
    written.set()
    assert (await again).status == "executed"
    assert await stored(house, approval) == ("executed", "done")
    assert (await click(house, approval)).status == "already"
    assert len(house.vendor.written) == 1


async def test_a_write_taken_for_failed_that_was_done_after_all_is_not_offered_again(house: Gatehouse) -> None:
    writing, written = asyncio.Event(), asyncio.Event()

    async def very_slow() -> None:
        writing.set()
        await written.wait()

    house.vendor.before = very_slow
    approval = await house.ask("U-MIA")
    first = asyncio.create_task(click(house, approval))
    await writing.wait()
    house.clock.pass_by(minutes=5)
    (settled,) = await gate_with(house).reconcile_pending()
    assert settled.decision.still_waits
    written.set()
    assert (await first).status == "executed"
    assert await stored(house, approval) == ("executed", "done")
    assert (await click(house, approval)).status == "already"
    assert len(house.vendor.written) == 1


@pytest.mark.parametrize("gone", ["tool", "arguments"])
async def test_a_lost_write_whose_tool_has_gone_or_changed_needs_a_person_and_says_so(
    house: Gatehouse, gone: str
) -> None:
    class OtherArgs(ToolArgs):
        flat: str

    approval = await _died_in(house, "after")
    tool = house.tools.pop("set_rent")
    if gone == "arguments":
        house.tools["set_rent"] = dataclasses.replace(tool, args=OtherArgs)
    (settled,) = await gate_with(house).reconcile_pending()
    assert settled.decision.status == "unknown"
    assert settled.decision.sentence.startswith("I can't tell whether “Change the rent of 204” went through")
    assert await stored(house, approval) == ("unknown", "unknown")
    assert await gate_with(house).reconcile_pending() == []


def test_a_write_is_only_looked_for_when_nobody_can_be_at_it() -> None:
    patience = Patience(write=60.0, read_back_after=(0.0, 2.0))
    longest = patience.write + sum(pause + patience.write for pause in patience.read_back_after)
    assert patience.surely_over.total_seconds() > longest + 30

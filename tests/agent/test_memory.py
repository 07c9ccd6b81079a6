"""What a thread remembers, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from app.agent.memory import ThreadMemory, conversation_key
from app.db.engine import Database
from app.domain.principal import Surface, WorkspaceId
from app.domain.turn import Conversation, ToolCallRecord, Turn
from tests.agent.town import GUEST, MANAGER, NOW
from tests.tools.gatehouse import MovableClock


def turn(number: int, thread: str = "1.0", principal: object = MANAGER) -> Turn:
    return Turn(f"turn_{number}", principal, "", Surface.SLACK, Conversation("C1", thread), NOW)  # type: ignore[arg-type]


async def test_the_last_turns_come_back_in_order_with_their_calls(db: Database) -> None:
    clock = MovableClock()
    memory = ThreadMemory(db, clock, turns=3)
    for number in range(5):
        clock.pass_by(seconds=1)
        call = ("get_occupancy", {"property": f"P{number}"})
        await memory.remember(turn(number), f"question {number}", f"answer {number}", [call])
    recalled = await memory.recall(MANAGER, conversation_key(turn(0)))
    assert [one.question for one in recalled] == ["question 2", "question 3", "question 4"]
    assert recalled[-1].calls == (ToolCallRecord("get_occupancy", {"property": "P4"}),)
    assert all(one.own for one in recalled)


async def test_threads_and_workspaces_never_mix_and_other_people_are_marked(db: Database) -> None:
    memory = ThreadMemory(db, MovableClock())
    await memory.remember(turn(1), "mine", "yes", [])
    await memory.remember(turn(2, thread="2.0"), "elsewhere", "no", [])
    stranger = replace(MANAGER, workspace_id=WorkspaceId("T2"))
    assert await memory.recall(stranger, conversation_key(turn(1))) == ()
    assert [one.question for one in await memory.recall(MANAGER, conversation_key(turn(1)))] == ["mine"]
    assert [one.own for one in await memory.recall(GUEST, conversation_key(turn(1)))] == [False]


async def test_long_turns_are_left_out_from_the_oldest_but_the_newest_always_stays(db: Database) -> None:
    clock = MovableClock()
    memory = ThreadMemory(db, clock, characters=1_000)
    for number in range(3):
        clock.pass_by(seconds=1)
        await memory.remember(turn(number), f"question {number}", "x" * 600, [])
    assert [one.question for one in await memory.recall(MANAGER, "C1:1.0")] == ["question 2"]
    clock.pass_by(seconds=1)
    await memory.remember(turn(9), "huge", "x" * 9_000, [])
    assert [len(one.answer) for one in await memory.recall(MANAGER, "C1:1.0")] == [4_000]


async def test_many_turns_at_once_are_all_kept(db: Database) -> None:
    memory = ThreadMemory(db, MovableClock(), turns=500, characters=10**6)
    await asyncio.gather(*(memory.remember(turn(number), "q", "a", []) for number in range(200)))
    recalls = await asyncio.gather(*(memory.recall(MANAGER, "C1:1.0") for _ in range(30)))
    assert [len(one) for one in recalls] == [200] * 30

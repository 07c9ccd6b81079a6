"""What digests say, over the demo portfolio and through the real gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest

from app.db.engine import Database
from app.digests.core.composing import compose
from app.digests.core.digest import Digest, Part
from app.digests.core.registry import all_digests
from app.domain.answer import Answer, AnswerKind
from app.domain.clock import CountingIds, FixedClock
from app.domain.principal import Principal, Role, Surface
from app.domain.tooling import Effect
from app.integrations.systems import ConnectedSystems
from app.portfolio.register import Register
from app.security.keys import KeyRing
from app.security.redaction import Redactor
from app.security.safeguards import Safeguards
from app.tools.core.gate import CallOrigin, Gate, Workbench
from app.tools.core.registry import all_tools
from app.tools.core.services import Services
from app.tools.schedule_digest import TOPICS, Topic
from tests import demo

TODAY = date(2026, 3, 18)
ORIGIN = CallOrigin("run_1", "digest:sophia:d1", Surface.DIGEST)


def gate_over(db: Database) -> Gate:
    clock = FixedClock(demo.NOW)
    nothing: Any = None
    safeguards = Safeguards.build(db, KeyRing(b"a secret for tests only"), clock, Redactor().value)
    systems = ConnectedSystems(db, [], {}, Register(db, clock))
    bench = Workbench(db, clock, CountingIds(), Services(messages=nothing, systems=systems, documents=nothing))
    return Gate(all_tools(), bench, safeguards)


async def told(db: Database, digest: Digest, person: Principal = demo.ADMIN, *, alone: bool = False) -> Answer:
    return await compose(digest, person, ORIGIN, TODAY, alone=alone, call=gate_over(db).call, tools=all_tools())


def test_every_topic_that_can_be_scheduled_has_a_digest() -> None:
    assert set(all_digests()) == set(get_args(Topic)) == set(TOPICS)


@pytest.mark.parametrize("topic", sorted(all_digests()))
def test_a_digest_only_reads(topic: str) -> None:
    for part in all_digests()[topic].parts:
        tool = all_tools()[part.tool]
        assert tool.effect is Effect.READ
        tool.args(**part.arguments)


@pytest.mark.parametrize("topic", sorted(all_digests()))
async def test_every_part_says_something_and_names_its_source(demo_db: Database, topic: str) -> None:
    digest = all_digests()[topic]
    answer = await told(demo_db, digest, alone=True)
    assert answer.kind is AnswerKind.ANSWER
    assert answer.text.startswith(f"**{digest.title} digest, Wednesday, March 18**\n\n- ")
    assert answer.text.count("\n- ") == len(digest.parts)
    assert answer.sources
    assert not answer.notes


@pytest.mark.parametrize("topic", sorted(all_digests()))
async def test_what_tells_of_persons_stands_in_no_channel(demo_db: Database, topic: str) -> None:
    digest = all_digests()[topic]
    openly = [part for part in digest.parts if not all_tools()[part.tool].personal]
    assert openly
    answer = await told(demo_db, digest)
    assert answer.text.count("\n- ") == len(openly)
    assert not answer.readers_need


async def test_a_part_that_the_person_may_not_read_any_more_is_named_and_the_rest_is_told(demo_db: Database) -> None:
    mechanic = replace(demo.ADMIN, roles=frozenset({Role.MAINTENANCE}))
    mixed = Digest("mixed", "Mixed", (Part("list_work_orders"), Part("get_budget_variance")))
    answer = await told(demo_db, mixed, mechanic)
    assert answer.text.count("\n- ") == 1
    assert "unfinished work orders" in answer.text
    (note,) = answer.notes
    assert note.startswith("Left out: ")


async def test_where_nothing_may_be_read_nothing_is_made_up(demo_db: Database) -> None:
    stranger = replace(demo.ADMIN, roles=frozenset({Role.GUEST}))
    answer = await told(demo_db, all_digests()["kpi"], stranger)
    assert answer.kind is AnswerKind.FAILED
    assert "members of the team" in answer.text

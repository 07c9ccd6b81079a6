"""A house with an embedder behind an API: documents and questions cost money, are told in the usage report and in the
trail, and a used-up budget leaves the words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select

from app.cli.eval import measured
from app.db.engine import Database
from app.db.migrate import upgrade
from app.db.models.assistant import UsageRecord
from app.domain.errors import SophiaError
from app.domain.principal import Principal, Role, Surface
from app.gateways.money.budgets import WHOLE, Budget, Kind
from app.gateways.trail.reading import calls_of
from app.gateways.trail.telling import sentences
from app.house import House, open_house
from app.security.people import Member, upsert_people
from app.settings import Settings, load_settings
from app.tools.core.outcomes import CallOrigin, Done
from tests.knowledge.shelves import page

ANA = Principal("T1", "U1", "Ana", frozenset({Role.ADMIN}))
ORIGIN = CallOrigin("turn-1", "C1:1.0", Surface.SLACK)
PETS = "# Pets\n\nA household may keep two cats. The monthly pet fee is $35."


class Vendor:
    """Speaks `POST /embeddings`: all texts point the same way, and each costs a thousand tokens."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.url = ""

    async def embed(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        texts = body["input"]
        self.asked.append((request.headers["Authorization"], len(texts)))
        data = [{"index": number, "embedding": [1.0, *[0.0] * 1535]} for number in range(len(texts))]
        used = 1_000 * len(texts)
        return web.json_response(
            {"object": "list", "data": data, "usage": {"prompt_tokens": used, "total_tokens": used}}
        )


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    made = Vendor()
    application = web.Application()
    application.router.add_post("/embeddings", made.embed)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = str(site.name)
    yield made
    await runner.cleanup()


@pytest.fixture
async def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vendor: Vendor) -> Settings:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DATA_DIR": str(tmp_path / "data"),
        "WORKSPACE_ID": "T1",
        "EMBEDDER": "openai",
        "OPENAI_API_KEY": "sk-one-0123456789abcdef",
        "OPENAI_BASE_URL": vendor.url,
        "MODEL_ORDER": "anthropic",
    }.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    settings.data_dir.mkdir()
    db = Database(settings.async_database_url)
    await upgrade(db)
    await upsert_people(db, "T1", [Member("U1", "Ana", frozenset({Role.ADMIN}))])
    await db.close()
    return settings


async def ledger(db: Database) -> list[tuple[str, str, str, str, int]]:
    """Person, turn, task and tool of each row, and what it cost."""
    async with db.reading() as session:
        rows = (await session.scalars(select(UsageRecord).order_by(UsageRecord.created_at, UsageRecord.id))).all()
    return [(row.user_id, row.turn_id, row.task, row.tool, row.cost_microdollars) for row in rows]


async def asked(house: House, query: str) -> str:
    outcome = await house.gate.call(ANA, "search_knowledge", {"query": query}, ORIGIN)
    assert isinstance(outcome, Done)
    return outcome.presentation.text


async def test_who_asks_pays_for_the_question_and_the_company_for_its_documents(settings: Settings) -> None:
    async with open_house(settings) as house:
        await house.library.take_in("T1", page("pets.md", PETS))
        await asked(house, "what is the monthly pet fee")
    async with open_house(settings) as house:  # what was written behind the calls is there by now
        rows = await ledger(house.db)
        assert rows[0] == ("", "", "embed", "", 20)  # a thousand tokens at $0.02 a million
        assert ("U1", "turn-1", "embed", "search_knowledge", 20) in rows
        assert {row[0] for row in rows} == {"", "U1"}
        told = [line for call in await calls_of(house.db, "T1", "turn-1") for line in sentences(call)]
        assert told[0].startswith("embed: answered by openai/text-embedding-3-small")
        report = await house.gate.call(ANA, "get_usage_report", {"group_by": "model"}, ORIGIN)
    assert isinstance(report, Done)
    assert report.presentation.table is not None
    assert "text-embedding-3-small" in str(report.presentation.table.rows)


async def test_what_an_evaluation_embeds_is_booked_and_budgeted(settings: Settings, tmp_path: Path) -> None:
    judged = tmp_path / "judged"
    judged.mkdir()
    (judged / "corpus.jsonl").write_text('{"_id": "d1", "title": "Pets", "text": "Two cats at most."}\n')
    (judged / "queries.jsonl").write_text('{"_id": "q1", "text": "how many cats"}\n')
    (judged / "qrels.tsv").write_text("q1\td1\t1\n")
    assert (await measured(settings, judged))["ndcg@10"] == 1.0
    async with open_house(settings) as house:
        assert ("", "", "embed", "", 20) in await ledger(house.db)
        await house.budgets.set(Budget("T1", Kind.WORKSPACE, WHOLE, "month", 0), by="U1")
    with pytest.raises(SophiaError) as told:
        await measured(settings, judged)
    assert "AI budget" in str(told.value)


async def test_a_used_up_budget_leaves_the_words_and_says_so(settings: Settings, vendor: Vendor) -> None:
    async with open_house(settings) as house:
        await house.library.take_in("T1", page("pets.md", PETS))
        await house.budgets.set(Budget("T1", Kind.WORKSPACE, WHOLE, "month", 0), by="U1")
        before = len(vendor.asked)
        text = await asked(house, "what is the monthly pet fee")
    assert "$35" in text
    assert "I could only look for your words this time" in text
    assert "Your company's AI budget of $0.00 a month has no room for this." in text
    assert len(vendor.asked) == before


async def test_a_channels_budget_holds_for_questions_asked_there(settings: Settings) -> None:
    async with open_house(settings) as house:
        await house.library.take_in("T1", page("pets.md", PETS))
        await house.budgets.set(Budget("T1", Kind.CHANNEL, "C1", "day", 0), by="U1")
        assert "This channel's AI budget of $0.00 a day has no room for this." in await asked(house, "the pet fee")


async def test_a_new_key_is_used_without_a_restart(
    settings: Settings, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_house(settings) as house:
        await house.library.take_in("T1", page("pets.md", PETS))
        monkeypatch.setenv("OPENAI_API_KEY", "sk-two-0123456789abcdef")
        await house.upkeep.look()
        await asked(house, "what is the monthly pet fee")
    assert [key for key, _ in vendor.asked][:2] == [f"Bearer sk-{which}-0123456789abcdef" for which in ("one", "two")]

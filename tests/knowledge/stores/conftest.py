"""The stores that the contract runs on: one line each, and the way to open one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.db.engine import Database
from app.knowledge.passages import Sight
from app.knowledge.stores.base import Hit, PassageStore
from app.knowledge.stores.pgvector import PgvectorStore
from tests.knowledge.stores.making import DIMENSIONS

Opening = Callable[..., PassageStore]
"""Opens the store again, as after a restart: `opening(embedder="other", dimensions=4)`."""


class ScriptedWords:
    """Says what it was asked, and answers with one hit."""

    def __init__(self) -> None:
        self.asked: list[tuple[Sight, str, int]] = []

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        self.asked.append((sight, text, limit))
        return [Hit("d#0", "d", 2.5)]


@pytest.fixture
def words() -> ScriptedWords:
    return ScriptedWords()


@pytest.fixture
def pgvector_opening(postgres_db: Database, words: ScriptedWords) -> Opening:
    def opening(*, embedder: str = "minilm", dimensions: int = DIMENSIONS) -> PassageStore:
        return PgvectorStore(postgres_db, embedder=embedder, dimensions=dimensions, lexical=words)

    return opening


@pytest.fixture(params=[pytest.param("pgvector", marks=pytest.mark.postgres)])
def opening(request: pytest.FixtureRequest) -> Opening:
    return request.getfixturevalue(f"{request.param}_opening")


@pytest.fixture
def store(opening: Opening) -> PassageStore:
    return opening()

"""How `sophia doctor` asks the stores of passages outside this house that are set up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from app.db.engine import Database
from app.domain.errors import SophiaError
from app.http.outbound import Outbound
from app.integrations.base import Reachability
from app.settings import KnowledgeStore, Settings, plain_values


def store_checks(
    settings: Settings, db: Database, outbound: Outbound, seconds: float
) -> dict[str, Callable[[], Awaitable[Reachability]]]:
    """A check for each store whose address is set, by the key of its row."""
    addresses: dict[KnowledgeStore, str | None] = {
        "pinecone": settings.pinecone_host,
        "weaviate": settings.weaviate_url,
    }
    return {name: partial(_answers, name, settings, db, outbound, seconds) for name, set_ in addresses.items() if set_}


async def _answers(
    name: KnowledgeStore, settings: Settings, db: Database, outbound: Outbound, seconds: float
) -> Reachability:
    """Whether the store answers within so many seconds and takes the vectors of the embedder in use."""
    from app.gateways.pool.pools import Pools  # noqa: PLC0415
    from app.knowledge.embedders.registry import open_embedder  # noqa: PLC0415 - heavy, and only its users wait for it
    from app.knowledge.stores.choice import bare_store  # noqa: PLC0415
    from app.knowledge.word_index import WordIndex  # noqa: PLC0415

    try:
        embedder = open_embedder(settings.embedder, plain_values(settings), Pools(outbound, settings.workspace_id))
        try:
            store = bare_store(name, settings, db, embedder, WordIndex(db))
            try:
                async with asyncio.timeout(seconds):
                    health = await store.check()
            finally:
                await store.close()
        finally:
            await embedder.close()
    except SophiaError as failed:
        return Reachability("refused", failed.for_people)
    except TimeoutError:
        return Reachability("unreachable", f"{name.capitalize()} does not answer.")
    return Reachability(health.state, health.sentence)

"""What `sophia knowledge move` does and shows."""

from __future__ import annotations

from rich.console import Console
from rich.progress import Progress

from app.db.migrate import upgrade
from app.domain.errors import Fixable
from app.settings import KNOWLEDGE_STORES, KnowledgeStore, Settings


async def move_documents(settings: Settings, source: str, to: str, console: Console) -> None:
    """Moves and says what was done. Raises Fixable for a store that nobody knows and for counts that differ."""
    from app.house import open_house  # noqa: PLC0415 - importing the whole house takes a second that --help need not wait
    from app.knowledge import shelf  # noqa: PLC0415
    from app.knowledge.moving import move  # noqa: PLC0415
    from app.knowledge.stores.choice import bare_store  # noqa: PLC0415
    from app.knowledge.word_index import WordIndex  # noqa: PLC0415

    old_name, new_name = _known(source or settings.knowledge_store), _known(to)
    if old_name == new_name:
        raise Fixable(
            f"Documents are kept in {new_name} already.", next_step="Name another store with --to.", code="same_store"
        )
    async with open_house(settings) as house:
        await upgrade(house.db)
        async with house.db.reading() as session:
            sizes = await shelf.sizes(session, settings.workspace_id, house.embedder.id)
        words = WordIndex(house.db)
        old = bare_store(old_name, house.settings, house.db, house.embedder, words)
        try:
            new = bare_store(new_name, house.settings, house.db, house.embedder, words)
            try:
                with Progress(console=console, transient=True) as progress:
                    bar = progress.add_task(f"Moving passages to {new_name}")

                    def show(at: int, of: int) -> None:
                        progress.update(bar, completed=at, total=of)

                    done = await move(old, new, settings.workspace_id, sizes, show)
            finally:
                await new.close()
        finally:
            await old.close()
    console.print(
        f"{done.written} documents written, {done.unchanged} were there already, {done.forgotten} forgotten. "
        f"{old_name} holds {done.source_passages} passages of them, {new_name} {done.target_passages}."
    )
    if not done.complete:
        raise Fixable(
            f"{len(done.left)} documents are not whole in {old_name}: {', '.join(done.left[:5])}."
            if done.left
            else "The counts differ.",
            next_step="Ingest what is missing again, then run the same command once more.",
            code="move_incomplete",
        )
    console.print(f"Set KNOWLEDGE_STORE={new_name} and start Sophia again, then run this once more for late changes.")


def _known(name: str) -> KnowledgeStore:
    name = "embedded" if name == "auto" else name
    for known in KNOWLEDGE_STORES:
        if name == known:
            return known
    raise Fixable(
        f"{name!r} is no store.", next_step=f"Stores are {', '.join(KNOWLEDGE_STORES)}.", code="no_such_store"
    )

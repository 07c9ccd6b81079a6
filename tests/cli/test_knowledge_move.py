"""`sophia knowledge move` and the store in use, as an operator types them: to Pinecone and to Weaviate."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest
import uvicorn
from typer.testing import CliRunner, Result

from app.cli import build
from app.domain.clock import SystemClock
from app.sandbox.demo import DemoWorld
from app.sandbox.pinecone.records import Index
from app.sandbox.pinecone.server import PineconeServer
from app.sandbox.weaviate.cluster import Cluster
from app.sandbox.weaviate.server import WeaviateServer
from app.settings import load_settings

MINILM = 384  # dimensions


@pytest.fixture
def handbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with two pages to read."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    folder = tmp_path / "handbook"
    folder.mkdir()
    (folder / "pets.md").write_text("# Pets\n\nThe pet deposit is 300 dollars for each cat.")
    (folder / "pool.md").write_text("# Pool\n\nThe pool opens at nine.")


@pytest.fixture
def pinecone(handbook: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[PineconeServer]:
    """A Pinecone that the environment names."""
    stand = PineconeServer(Index(MINILM), "pcsk_local_0123456789")
    server = uvicorn.Server(uvicorn.Config(stand.asgi(), log_level="critical", lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))  # what asks before it serves waits in its backlog
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    monkeypatch.setenv("PINECONE_API_KEY", stand.api_key)
    monkeypatch.setenv("PINECONE_HOST", f"http://127.0.0.1:{listening.getsockname()[1]}")
    yield stand
    server.should_exit = True
    thread.join()


@pytest.fixture
def weaviate(handbook: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[WeaviateServer]:
    """A Weaviate that the environment names."""
    stand = WeaviateServer(Cluster(), "weaviate_local_0123456789")
    server = uvicorn.Server(uvicorn.Config(stand.asgi(), log_level="critical", lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))
    ports: Queue[int] = Queue()

    async def serve() -> None:
        calls, port = stand.listening()
        await calls.start()
        ports.put(port)
        await server.serve(sockets=[listening])
        await calls.stop(None)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    monkeypatch.setenv("WEAVIATE_API_KEY", stand.api_key)
    monkeypatch.setenv("WEAVIATE_URL", f"http://127.0.0.1:{listening.getsockname()[1]}")
    monkeypatch.setenv("WEAVIATE_GRPC_URL", f"http://127.0.0.1:{ports.get(timeout=10)}")
    yield stand
    server.should_exit = True
    thread.join()


def sophia(*words: str) -> Result:
    return CliRunner().invoke(build(), list(words))


def held(stand: PineconeServer) -> int:
    return sum(len(records) for records in stand.index.read_all().values())


def test_documents_move_and_are_kept_up_there(pinecone: PineconeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sophia("ingest", "handbook").exit_code == 0
    moved = sophia("knowledge", "move", "--to", "pinecone")
    assert moved.exit_code == 0, moved.output
    assert moved.output.splitlines()[-2:] == [
        "2 documents written, 0 were there already, 0 forgotten. embedded holds 2 passages of them, pinecone 2.",
        "Set KNOWLEDGE_STORE=pinecone and start Sophia again, then run this once more for late changes.",
    ]
    again = sophia("knowledge", "move", "--to", "pinecone")
    assert "0 documents written, 2 were there already" in again.output

    monkeypatch.setenv("KNOWLEDGE_STORE", "pinecone")
    Path("handbook/gym.md").write_text("# Gym\n\nThe gym is open all night.")
    assert sophia("ingest", "handbook").exit_code == 0
    assert held(pinecone) == 3
    assert sophia("knowledge", "forget", "file:handbook/gym.md").exit_code == 0
    assert held(pinecone) == 2


def test_documents_move_to_weaviate_and_back(weaviate: WeaviateServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sophia("ingest", "handbook").exit_code == 0
    moved = sophia("knowledge", "move", "--to", "weaviate")
    assert moved.exit_code == 0, moved.output
    assert "2 documents written" in moved.output
    assert "embedded holds 2 passages of them, weaviate 2." in moved.output
    monkeypatch.setenv("KNOWLEDGE_STORE", "weaviate")
    Path("handbook/gym.md").write_text("# Gym\n\nThe gym is open all night.")
    assert sophia("ingest", "handbook").exit_code == 0
    assert weaviate.cluster.count() == 3
    assert sophia("knowledge", "forget", "file:handbook/gym.md").exit_code == 0
    assert weaviate.cluster.count() == 2
    back = sophia("knowledge", "move", "--to", "embedded")
    assert "weaviate holds 2 passages of them, embedded 2." in back.output


def test_doctor_asks_weaviate(weaviate: WeaviateServer) -> None:
    def state() -> str:
        rows = json.loads(sophia("doctor", "--json").stdout)
        return next(row["state"] for row in rows if row["integration"] == "weaviate")

    working = state()
    weaviate.version = "1.28.0"
    assert [working, state()] == ["works", "refused"]


def test_doctor_measures_a_store_by_the_embedder_in_use(
    pinecone: PineconeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sophia("ingest", "handbook").exit_code == 0
    monkeypatch.setenv("EMBEDDER", "openai")
    rows = json.loads(sophia("doctor", "--json").stdout)
    (row,) = [row for row in rows if row["integration"] == "pinecone"]
    assert row["state"] == "refused"
    assert row["advice"].startswith("EMBEDDER is openai, and OPENAI_API_KEY is not set.")
    pinecone.index.dimension = 1536
    monkeypatch.setenv("OPENAI_API_KEY", "sk-proj-0123456789abcdef0123456789")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")
    rows = json.loads(sophia("doctor", "--json").stdout)
    assert [row["state"] for row in rows if row["integration"] == "pinecone"] == ["works"]


def test_a_store_that_is_none_is_refused(pinecone: PineconeServer) -> None:
    refused = sophia("knowledge", "move", "--to", "drawer")
    assert (refused.exit_code, held(pinecone)) == (1, 0)
    assert refused.output == "✗ 'drawer' is no store.\n  Stores are embedded, pgvector, pinecone, weaviate.\n"


def test_moving_to_where_they_are_is_refused(pinecone: PineconeServer) -> None:
    assert "Documents are kept in embedded already." in sophia("knowledge", "move", "--to", "embedded").output


@pytest.mark.parametrize(("dimension", "state"), [(MINILM, "works"), (8, "refused")])
def test_doctor_asks_the_index(pinecone: PineconeServer, dimension: int, state: str) -> None:
    pinecone.index.dimension = dimension
    rows = json.loads(sophia("doctor", "--json").stdout)
    (row,) = [row for row in rows if row["integration"] == "pinecone"]
    assert row["state"] == state
    assert ("dimension 384" in row["advice"]) == (state == "refused")


def test_the_demo_never_writes_into_the_company_s_own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWLEDGE_STORE", "pinecone")
    assert load_settings(**DemoWorld.at(tmp_path, SystemClock()).settings()).knowledge_store == "embedded"

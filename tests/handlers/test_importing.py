"""*Import this* in Slack: the spreadsheet becomes a card, not a document; everything else stays as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.answer import ApprovalCard, FieldChange
from app.domain.clock import SystemClock
from app.domain.errors import NotAllowed
from app.domain.principal import Principal
from app.tools.core.outcomes import CallOrigin, Outcome, Refused, Waiting
from handlers.core.importing import to_import
from tests.handlers.conftest import Scene
from tests.handlers.test_conversation import words
from tests.handlers.test_shared_files import documents, share

ROLL = b"Unit,Rent\n101,1450\n"
CARD = ApprovalCard(
    "apr_1", "import_file", "Import a rent roll", (FieldChange("Rows taken", "", "1 of 1"),), (), "1 record added.",
    "you", SystemClock().now() + timedelta(hours=1),
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "name", "wanted"),
    [
        ("import this rent roll", "roll.csv", True),
        ("Please IMPORT it", "Roll.XLSX", True),
        ("how important is this?", "roll.csv", False),
        ("import this", "handbook.pdf", False),
        ("what does this say?", "roll.csv", False),
        ("", "roll.csv", False),
    ],
)
def test_only_a_spreadsheet_that_came_with_the_word_is_imported(said: str, name: str, wanted: bool) -> None:
    assert bool(to_import(said, [{"id": "F1", "name": name}])) is wanted


def gate_says(scene: Scene, outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    calls: list[tuple[str, dict[str, Any]]] = []

    async def call(person: Principal, name: str, arguments: dict[str, Any], origin: CallOrigin) -> Outcome:
        calls.append((name, arguments))
        return outcome

    scene.house.gate.cards["apr_1"] = CARD
    monkeypatch.setattr(scene.house.gate, "call", call)
    return calls


async def test_import_this_makes_a_card_and_no_document(socket_scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = gate_says(socket_scene, Waiting(CARD), monkeypatch)
    reply = await share(socket_scene, "jen", "@Sophia", "import this rent roll", {"roll.csv": ROLL})
    assert "nothing is imported before it is approved" in words(reply)
    [(name, arguments)] = calls
    assert (name, arguments["property"]) == ("import_file", "")
    assert arguments["file"].startswith("F")
    assert await documents(socket_scene) == []
    assert socket_scene.agent.turns == []


async def test_a_refused_import_says_why(socket_scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    gate_says(socket_scene, Refused(NotAllowed("Your role does not let you import data from files.")), monkeypatch)
    reply = await share(socket_scene, "jen", "@Sophia", "import this", {"roll.csv": ROLL})
    assert "Your role does not let you import data from files." in words(reply)
    assert await documents(socket_scene) == []

"""The file that the guide shows is a good one, and so is the write under it."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import yaml

from app.integrations.declared.files import read_service
from tests.conftest import ROOT

BLOCKS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/adding-a-service.md").read_text(), re.DOTALL)


def test_the_guides_file_can_be_used_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "boats.yaml").write_text(BLOCKS[0])
    assert list(read_service(tmp_path / "boats.yaml").operations) == ["list_acme_boats"]


def test_the_guides_write_fits_into_it(tmp_path: Path) -> None:
    whole = yaml.safe_load(BLOCKS[0])
    whole["operations"]["remove_acme_boat"] = {
        "title": "Remove a boat",
        "sentence": "Remove a boat from its harbor",
        "call": "POST /harbors/{harbor}/leave",
        "effect": "write",
        "right": "services:write",
        "arguments": whole["operations"]["list_acme_boats"]["arguments"]
        | {"boat": {"into": "body", "description": "Boat", "required": True, "schema": {"type": "string"}}},
        "doing": "Removing it",
        "examples": ["remove boat Nellie", "take Maud out", "boat Nellie leaves"],
        **yaml.safe_load(textwrap.dedent(BLOCKS[1])),
    }
    (tmp_path / "boats.yaml").write_text(yaml.safe_dump(whole))
    write = read_service(tmp_path / "boats.yaml").operations["remove_acme_boat"].write
    assert write is not None and write.read_back is not None

"""The guide lists exactly what the tools can do."""

from __future__ import annotations

from app.cli.tools import as_markdown
from tests.conftest import ROOT


def test_the_guide_holds_the_list_the_tools_make() -> None:
    guide = (ROOT / "docs/asking.md").read_text()
    assert as_markdown() in guide, "run: sophia tools --markdown, and put it into docs/asking.md"

"""The samples and the page that explains them."""

from __future__ import annotations

from pathlib import Path

from app.imports.registry import all_kinds
from tests.conftest import ROOT
from tests.imports.columns import table
from tests.imports.office import Office

SAMPLES = ROOT / "docs" / "samples"


async def test_the_sample_of_every_kind_is_taken_whole(office: Office) -> None:
    for kind in all_kinds():
        sample: Path = SAMPLES / f"{kind.key}.csv"
        at = {"property": "Maple Grove"} if kind.key == "comps" else {}
        report = await office.take(sample, create_properties=True, as_of=None, **at)
        assert (report.kinds, report.refused) == ([kind.label], 0), report.refusals
        assert report.counts.added + report.counts.changed > 0


def test_the_page_lists_the_columns_of_every_kind() -> None:
    page = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")
    for one in all_kinds():
        assert table(one) in page, f"docs/imports.md differs for {one.key}: it should have\n{table(one)}"

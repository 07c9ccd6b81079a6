"""CSV: one table; the separator is found from the text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from app.knowledge.reading.base import About, Material, Section, Unreadable
from app.knowledge.reading.plain import decoded
from app.knowledge.reading.sheets import sections_of

DELIMITERS = ",;\t|"


class Csv:
    """`app.knowledge.reading.base.Reader`."""

    label = "CSV"
    suffixes = (".csv", ".tsv")

    def recognises(self, content: bytes) -> bool:
        return False

    def sections(self, material: Material) -> Iterator[Section]:
        text = decoded(material)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        try:
            yield from sections_of(material.name, "", lines)
        except csv.Error:
            raise Unreadable(
                f"“{material.name}” is no table from line {lines.line_num} on.", next_step="Please export it again."
            ) from None

    def about(self, material: Material) -> About:
        return About()


def _delimiter(text: str) -> str:
    """What the first line holds most often; a comma when it holds none. The library's own guess takes a letter for the
    delimiter of a narrow table."""
    first = text.lstrip().partition("\n")[0]
    return max(DELIMITERS, key=first.count)


READER = Csv()

"""CSV: one table; the separator is found from the text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from app.knowledge.reading.base import About, Block, Material, Section
from app.knowledge.reading.headings import table_text
from app.knowledge.reading.plain import decoded

SAMPLE = 8192  # characters
ROWS_IN_A_BLOCK = 500


class Csv:
    """`app.knowledge.reading.base.Reader`."""

    label = "CSV"
    suffixes = (".csv", ".tsv")

    def recognises(self, content: bytes) -> bool:
        return False

    def sections(self, material: Material) -> Iterator[Section]:
        text = decoded(material)
        try:
            dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:SAMPLE], delimiters=",;\t|")
        except csv.Error:
            dialect = csv.excel
        rows = [row for row in csv.reader(io.StringIO(text), dialect) if any(cell.strip() for cell in row)]
        head, body = rows[:1], rows[1:]
        blocks = tuple(
            Block(table_text([*head, *body[start : start + ROWS_IN_A_BLOCK]]), is_table=True)
            for start in range(0, max(1, len(body)), ROWS_IN_A_BLOCK)
        )
        if rows:
            yield Section((), blocks)

    def about(self, material: Material) -> About:
        return About()


READER = Csv()

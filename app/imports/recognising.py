"""Which row of a sheet is its header, and which kind of sheet that makes it. Title lines above it are read for the
community and the day they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from app.domain.errors import Fixable
from app.imports.cells import Cell
from app.imports.files import Sheet
from app.imports.kind import Kind
from app.imports.values import Refused, day_of, is_blank, shown, text_of

LOOKED_THROUGH = 60  # rows in which the header must stand
_GAPS = re.compile(r"[^a-z0-9%]+")
_AS_OF = re.compile(r"\bas\s?of(?:\s?date)?\s*[:=]?\s*(?P<day>[^,;|]{6,20})", re.IGNORECASE)
_AT = re.compile(r"^(?:property|community)(?:\s?name)?\s*[:=]\s*(?P<name>.+)$", re.IGNORECASE)
_CODE = re.compile(r"\s*\([^()]{1,20}\)$")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


def header_key(text: str) -> str:
    """A header as it is compared: lower case, without punctuation, plural and the word “number” in all its forms."""
    folded = _GAPS.sub(" ", text.casefold().replace("#", " no ")).strip()
    words = [
        {"number": "no", "num": "no", "nbr": "no", "pct": "%", "percent": "%", "sqft": "sq ft", "sf": "sq ft"}.get(
            word, word
        )
        for word in folded.split()
    ]
    joined = (
        " ".join(words).replace("sq ft ft", "sq ft").replace("square feet", "sq ft").replace("square foot", "sq ft")
    )
    return " ".join(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
        for word in joined.split()
    )


@dataclass(frozen=True)
class Titles:
    """What the lines above the header say."""

    lines: tuple[str, ...] = ()

    @property
    def community(self) -> str:
        """The community that is named as such: `Property: Maple Grove (mg01)`."""
        for line in self.lines:
            if found := property_line(line):
                return found
        return ""

    @property
    def as_of(self) -> date | None:
        for line in self.lines:
            if found := _AS_OF.search(line):
                for text in (found["day"].strip(), found["day"].split(" ")[0]):
                    try:
                        return day_of(text)
                    except Refused:
                        continue
        return None

    @property
    def year(self) -> int | None:
        """The one year that they name."""
        years = {int(year) for line in self.lines for year in _YEAR.findall(line)}
        return years.pop() if len(years) == 1 else None


def property_line(text: str) -> str:
    """The community that a line like `Property: Maple Grove (mg01)` names, else ""."""
    found = _AT.match(text.strip())
    return _CODE.sub("", found["name"]).strip() if found else ""


@dataclass(frozen=True)
class Head:
    """A sheet's header: its last row, and the place of each column. `unused` are header cells that nothing is taken
    from."""

    sheet: Sheet
    kind: Kind
    row: int
    places: Mapping[str, int]
    labels: Mapping[str, str]
    titles: Titles
    unused: tuple[str, ...] = ()

    def cells(self, row: Sequence[Cell]) -> dict[str, Cell]:
        return {key: row[place] if place < len(row) else None for key, place in self.places.items()}

    def repeats(self, row: Sequence[Cell]) -> bool:
        """True for the header row once more, as printed pages have it."""
        named = [row[place] for place in self.places.values() if place < len(row) and not is_blank(row[place])]
        said = {header_key(label) for label in self.labels.values()}
        return bool(named) and all(isinstance(one, str) and header_key(one) in said for one in named)


@dataclass(frozen=True)
class Unrecognised:
    """A sheet without a header of a known kind. `near` are the kinds it came closest to, each with what is missing."""

    sheet: Sheet
    near: tuple[tuple[Kind, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class _Fit:
    kind: Kind
    row: int
    places: Mapping[str, int]
    labels: Mapping[str, str]
    missing: tuple[str, ...]
    unused: tuple[str, ...] = field(default=())

    @property
    def weight(self) -> tuple[int, int]:
        return len(self.kind.needs) - len(self.missing), len(self.places)


def head_of(sheet: Sheet, kinds: Sequence[Kind]) -> Head | Unrecognised:
    """The sheet's header and kind. Raises Fixable when two kinds fit equally well."""
    rows = list(islice(sheet.rows(), LOOKED_THROUGH))
    fits = list(_fits(rows, kinds))
    whole = [fit for fit in fits if not fit.missing]
    if not whole:
        best: dict[str, _Fit] = {}
        for fit in fits:
            if fit.weight[0] and fit.weight > (best[fit.kind.key].weight if fit.kind.key in best else (0, 0)):
                best[fit.kind.key] = fit
        near = sorted(best.values(), key=lambda fit: len(fit.missing))[:3]
        return Unrecognised(sheet, tuple((fit.kind, fit.missing) for fit in near))
    chosen = max(whole, key=lambda fit: (len(fit.kind.needs), len(fit.places), -fit.row))
    rivals = {
        fit.kind.label
        for fit in whole
        if (len(fit.kind.needs), len(fit.places)) == (len(chosen.kind.needs), len(chosen.places))
    }
    if len(rivals) > 1:
        raise Fixable(
            f"{_named(sheet)} could be {' or '.join(sorted(rivals))}.",
            next_step="Please say which it is (in the terminal with --kind).",
            code="import_kind_unsure",
        )
    above = tuple(
        shown_whole(cell)
        for number, row in rows
        if number < chosen.row
        for cell in row
        if isinstance(cell, str) and cell
    )
    titles = Titles((*above, sheet.title))
    return Head(sheet, chosen.kind, chosen.row, chosen.places, chosen.labels, titles, chosen.unused)


def shown_whole(cell: Cell) -> str:
    try:
        return text_of(cell, 2_000)
    except Refused:
        return shown(cell)


def _named(sheet: Sheet) -> str:
    return f"Sheet “{sheet.title}”" if sheet.title else "The file"


def _fits(rows: Sequence[tuple[int, list[Cell]]], kinds: Sequence[Kind]) -> Iterator[_Fit]:
    """Every row, alone and with the one under it (headers of two lines), as the header of every kind."""
    for index, (number, row) in enumerate(rows):
        if sum(not is_blank(cell) for cell in row) < 2:
            continue
        texts = [_header_text(cell) for cell in row]
        for kind in kinds:
            yield _fit(kind, number, row, texts)
        if index + 1 < len(rows) and rows[index + 1][0] == number + 1:
            below = rows[index + 1][1]
            if all(is_blank(cell) or isinstance(cell, str) for cell in below):
                wide = max(len(row), len(below))
                upper = [*texts, *[""] * (wide - len(texts))]
                lower = [*(_header_text(cell) for cell in below), *[""] * (wide - len(below))]
                joined = [" ".join(filter(None, pair)) for pair in zip(upper, lower, strict=True)]
                for kind in kinds:
                    yield _fit(kind, number + 1, list(joined), joined)


def _header_text(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else ""


def _fit(kind: Kind, number: int, row: Sequence[Cell], texts: Sequence[str]) -> _Fit:
    known = {header_key(name): column.key for column in kind.columns for name in (column.label, *column.also)}
    places: dict[str, int] = {}
    labels: dict[str, str] = {}
    unused: list[str] = []
    for place, (cell, text) in enumerate(zip(row, texts, strict=True)):
        key = known.get(header_key(text)) if text else None
        key = key or kind.across(cell)
        if key is not None and key not in places:
            places[key] = place
            labels[key] = text or shown(cell)
        elif text:
            unused.append(shown(text))
    across = any(key not in kind.labels() for key in places)
    there = {*places, *(kind.across_counts_as if across else ())}
    names = kind.labels()
    missing = tuple(" or ".join(names[one] for one in group) for group in kind.needs if not there.intersection(group))
    return _Fit(kind, number, places, labels, missing, tuple(unused))

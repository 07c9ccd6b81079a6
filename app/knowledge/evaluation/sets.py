"""A set of questions with judged documents, in the format that BEIR made usual (https://github.com/beir-cellar/beir).

A folder holds `corpus.jsonl` (_id, title, text), `queries.jsonl` (_id, text) and `qrels.tsv` (query, document, grade,
with or without a heading line). `id` is taken for `_id`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import Fixable


@dataclass(frozen=True)
class Judged:
    """A document to be found."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Question:
    """A question, and the grade (1 and up) of each document that answers it."""

    id: str
    text: str
    grades: dict[str, int]


@dataclass(frozen=True)
class RetrievalSet:
    documents: tuple[Judged, ...]
    questions: tuple[Question, ...]  # those without a relevant document are left out: nothing can be found for them


def read_set(folder: Path) -> RetrievalSet:
    """The set in a folder. Raises Fixable with the file and line that can't be read."""
    documents = tuple(
        Judged(_identity(one), str(one.get("title") or ""), str(one.get("text") or ""))
        for one in _objects(folder / "corpus.jsonl")
    )
    grades: dict[str, dict[str, int]] = {}
    for question, document, grade in _grades(folder / "qrels.tsv"):
        if grade > 0:
            grades.setdefault(question, {})[document] = grade
    questions = tuple(
        Question(name, str(one.get("text") or ""), grades[name])
        for one in _objects(folder / "queries.jsonl")
        if (name := _identity(one)) in grades
    )
    if not documents or not questions:
        raise Fixable(f"{folder} holds no documents, or no question with a relevant document.", code="empty_set")
    return RetrievalSet(documents, questions)


def _identity(one: dict[str, Any]) -> str:
    return str(one["_id"] if "_id" in one else one["id"])


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in _lines(path):
        try:
            one: Any = json.loads(line)
        except ValueError:
            one = None
        if not isinstance(one, dict) or not ("_id" in one or "id" in one):
            raise _unreadable(path, number, 'a JSON object with "_id"')
        yield one


def _grades(path: Path) -> Iterator[tuple[str, str, int]]:
    for number, line in _lines(path):
        fields = line.split("\t")
        try:
            question, document, grade = fields[0], fields[1], int(fields[-1])
        except (IndexError, ValueError):
            if number == 1:  # a heading
                continue
            raise _unreadable(path, number, "question, document and grade, separated by tabs") from None
        yield question, document, grade


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except (OSError, UnicodeDecodeError):
        raise Fixable(
            f"{path} can't be read.",
            next_step="A set is a folder with corpus.jsonl, queries.jsonl and qrels.tsv.",
            code="unreadable_set",
        ) from None


def _unreadable(path: Path, number: int, wanted: str) -> Fixable:
    return Fixable(f"{path}, line {number}: this should be {wanted}.", code="unreadable_set")

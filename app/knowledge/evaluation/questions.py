"""Question sets: what people ask, as whom, and which document answers, in YAML files (docs/evaluation.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.domain.errors import Fixable
from app.domain.principal import Role

Words = Annotated[str, Field(min_length=1, max_length=2_000)]


class Expected(BaseModel):
    """One question. `after` are earlier questions of its thread, oldest first; `documents` are names of documents, any
    of which answers; `tools` are those of which one answers, from the systems instead; every one of `facts` stands,
    word for word, in a good answer's quotes or their documents."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: str
    ask: Words
    role: Role = Field(default=Role.LEASING, alias="as")
    after: tuple[Words, ...] = ()
    documents: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    answerable: bool = True

    @model_validator(mode="after")
    def _says_what_it_expects(self) -> Self:
        if (bool(self.documents), bool(self.tools), not self.answerable).count(True) != 1:
            raise ValueError("needs one of `documents` or `tools` that answer it, or `answerable: false`")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    corpus: str = ""  # for people: what the questions are about
    questions: tuple[Expected, ...]


@dataclass(frozen=True)
class QuestionSet:
    """All questions of some files, in order; ids are unique."""

    questions: tuple[Expected, ...]


def read_questions(paths: Iterable[Path]) -> QuestionSet:
    """The questions of files and of the YAML files of folders. Raises Fixable, naming the file and what is wrong."""
    found: list[Expected] = []
    for path in (one for given in paths for one in _files(given)):
        found += _read(path)
    ids = [one.id for one in found]
    if twice := next((one for one in ids if ids.count(one) > 1), ""):
        raise Fixable(f"Two questions are called “{twice}”.", next_step="Give each an id of its own.")
    if not found:
        raise Fixable("There are no questions to ask.", next_step="See docs/evaluation.md for the format.")
    return QuestionSet(tuple(found))


def _files(given: Path) -> Sequence[Path]:
    if given.is_dir():
        return sorted(given.glob("*.yaml"))
    if not given.is_file():
        raise Fixable(f"There is no file or folder “{given}”.", next_step="Name a YAML file or a folder of them.")
    return [given]


def _read(path: Path) -> tuple[Expected, ...]:
    try:
        return _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).questions
    except (yaml.YAMLError, UnicodeDecodeError) as broken:
        raise Fixable(f"“{path.name}” is not YAML: {str(broken).splitlines()[0]}.") from None
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Fixable(
            f"“{path.name}” is not a question set: {place}: {first['msg']}.",
            next_step="See docs/evaluation.md for the format.",
        ) from None

"""One operation of a service file: what is asked, how its answer is read, and for a write how it happens once."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.integrations.declared.definition import (
    Allowed,
    Argument,
    Fixed,
    HttpCall,
    Link,
    Listing,
    Name,
    Pages,
    Part,
    Path,
    Paths,
    Shown,
    Words,
)


class LookUp(Listing):
    """A read beside a write: the record whose values at the paths of `where` are among the given ones; `id|name` is
    either path."""

    call: HttpCall
    where: dict[Paths, str | tuple[str, ...]] = Field(default_factory=dict[str, str | tuple[str, ...]])

    @model_validator(mode="after")
    def _findable(self) -> LookUp:
        if not self.call.startswith("GET "):
            raise ValueError("a look-up is a GET")
        if (self.rows is None) == (self.record is None):
            raise ValueError("needs rows with where, or record")
        if self.rows is not None and not self.where:
            raise ValueError("needs where: which of the rows is meant")
        return self


class LookFirst(LookUp):
    """What an approver should see of the record as it is now. `missing` is said when there is none. `becomes` gives
    arguments the record's own values, so that a person may say a name where the service wants an id."""

    lines: dict[Name, Shown]
    missing: Words
    becomes: dict[Name, Path] = Field(default_factory=dict[str, str])


class ReadBack(LookUp):
    """The proof that a write with a lost answer went through. `absence_proves`: not to be found means not done;
    without it nobody knows, and a person is asked."""

    absence_proves: bool = False


class Write(Part):
    """once: what makes a repeat harmless. key_header: the service honors `header`. same_state: however often it
    arrives, things end the same. nothing: it is sent once, and a lost answer is looked up or asked about."""

    once: Literal["key_header", "same_state", "nothing"]
    header: str = Field(default="", pattern=r"[\w-]*", max_length=60)
    consequence: Words
    done: Words
    approval: Scope
    second_person: bool = False
    editable: tuple[Name, ...] = ()
    look_first: LookFirst | None = None
    read_back: ReadBack | None = None

    @model_validator(mode="after")
    def _complete(self) -> Write:
        if (self.once == "key_header") != bool(self.header):
            raise ValueError("header is the idempotency header, for once: key_header only")
        if self.read_back is not None and self.once != "nothing":
            raise ValueError("read_back is for once: nothing; the others are simply sent again")
        return self


class Operation(Listing):
    """One operation of the service as one tool. `noun` is what a row is (one, many), `text` the sentence of an answer
    ({count} and the columns of a single record can stand in it)."""

    title: Words
    sentence: Words
    call: HttpCall
    effect: Effect
    right: Scope
    personal: bool = True
    body: Literal["json", "form"] = "json"
    arguments: dict[Name, Argument] = Field(default_factory=dict[Name, Argument])
    fixed: Fixed = Fixed()
    pages: Pages | None = None
    key: Path = ""
    columns: dict[Name, Shown] = Field(default_factory=dict[Name, Shown])
    noun: tuple[str, str] = ("row", "rows")
    text: str = Field(default="", max_length=400)
    link: Link | None = None
    page: str = Field(default="", max_length=300)
    not_found: str = Field(default="", max_length=300)
    allowed: Allowed | None = None
    write: Write | None = None
    doing: Words
    examples: tuple[Words, ...] = Field(min_length=3)
    phrases: tuple[Words, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Operation:
        for problem in self._problems():
            raise ValueError(problem)
        return self

    def _problems(self) -> list[str]:
        reads = self.effect is Effect.READ
        listed = self.rows is not None
        problems = [
            (reads == (self.write is not None), "write is needed for effect write and egress, and for nothing else"),
            (reads and not (listed or self.record is not None), "needs rows (a list of records) or record (one)"),
            (reads and not self.text, "needs text: the sentence of the answer"),
            (reads and not self.columns, "needs columns: what is shown of a record"),
            (not reads and listed, "a write shows one record at most: use record"),
            (not reads and self.call.startswith("GET "), "a GET can't be a write"),
            (self.pages is not None and not listed, "pages go with rows only"),
            (bool(self.columns) and not (listed or self.record is not None), "columns need record"),
            (self.call.startswith("GET ") and bool(self.fixed.body), "a GET has no body"),
        ]
        return [text for wrong, text in problems if wrong]

    @property
    def method(self) -> str:
        return self.call.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.call.partition(" ")[2]

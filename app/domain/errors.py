"""Errors named by their consequence. Every one carries a sentence that may be shown to a person as it is.

The exception text is for the log; `sentence` and `next_step` are for people. Anything that reaches an edge and
is not a SophiaError is a bug and is shown as `Bug` with a trace id.
"""

from __future__ import annotations

from enum import StrEnum


class Consequence(StrEnum):
    """What the failure means for the person who asked."""

    FIXABLE = "fixable"  # the person can fix it: rephrase, name a property, correct a date
    RETRY_LATER = "retry_later"  # nothing happened; the same request may work later
    NOT_ALLOWED = "not_allowed"  # a rule forbids it; someone else may be able to
    OUTCOME_UNKNOWN = "outcome_unknown"  # it may or may not have happened; a person or a read-back decides
    BUG = "bug"  # our fault


class SophiaError(Exception):
    """Root of all errors that a person may get to see.

    code: stable, snake_case, searchable in the docs. sentence: what happened, for people. next_step: what they
    can do now. `detail` goes to the log only and never to a person or a prompt.
    """

    consequence = Consequence.BUG
    code = "bug"

    def __init__(self, sentence: str, *, next_step: str = "", code: str | None = None, detail: str = "") -> None:
        super().__init__(detail or sentence)
        self.sentence = sentence
        self.next_step = next_step
        self.code = code or type(self).code

    @property
    def for_people(self) -> str:
        """The sentence and the next step, as one text."""
        return f"{self.sentence} {self.next_step}".strip()


class Fixable(SophiaError):
    """The person can fix it."""

    consequence = Consequence.FIXABLE
    code = "fixable"


class NotFound(Fixable):
    """Nothing has that name or number. `near` holds the closest names that the person may see."""

    code = "not_found"

    def __init__(
        self, sentence: str, *, near: tuple[str, ...] = (), next_step: str = "", code: str | None = None
    ) -> None:
        super().__init__(sentence, next_step=next_step, code=code)
        self.near = near


class Ambiguous(Fixable):
    """Several things have that name; the person must choose one of `options`."""

    code = "ambiguous"

    def __init__(self, sentence: str, *, options: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.options = options


class RetryLater(SophiaError):
    """Nothing happened; trying again later may work. `after` is in seconds when the vendor said so."""

    consequence = Consequence.RETRY_LATER
    code = "retry_later"

    def __init__(
        self,
        sentence: str,
        *,
        next_step: str = "",
        code: str | None = None,
        detail: str = "",
        after: float | None = None,
    ) -> None:
        super().__init__(sentence, next_step=next_step, code=code, detail=detail)
        self.after = after


class NotAllowed(SophiaError):
    """A rule forbids it. The sentence says which right is missing and who can grant it."""

    consequence = Consequence.NOT_ALLOWED
    code = "not_allowed"


class OutcomeUnknown(SophiaError):
    """A write may or may not have happened. It must be reconciled by reading back, never repeated blindly."""

    consequence = Consequence.OUTCOME_UNKNOWN
    code = "outcome_unknown"


class Bug(SophiaError):
    """Our fault. `trace_id` is what the person can give to an administrator."""

    def __init__(self, trace_id: str = "", *, detail: str = "") -> None:
        reference = f" (reference {trace_id})" if trace_id else ""
        super().__init__(
            f"Something went wrong on my side{reference}, and nothing was changed.",
            next_step="Please try again; if it happens twice, tell your administrator "
            + ("the reference." if trace_id else "what you asked for, and when."),
            detail=detail,
        )
        self.trace_id = trace_id

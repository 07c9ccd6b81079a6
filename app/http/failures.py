"""From what went wrong on the wire to an error named by its consequence. Texts name the service, never its address,
headers, key or body."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import Fixable, NotAllowed, OutcomeUnknown, RetryLater, SophiaError

RESTING = "vendor_resting"


@dataclass(frozen=True)
class Failures:
    """Makes the errors of one service. `label` is its name for people, `operation` and numbers go to the log."""

    label: str

    def unreachable(self, operation: str, kind: str) -> RetryLater:
        """Nothing was sent, or a read got no whole answer."""
        return RetryLater(
            f"{self.label} isn't answering right now.",
            next_step="Please try again in a few minutes.",
            code="vendor_unreachable",
            detail=f"{operation}: {kind}",
        )

    def resting(self, operation: str, seconds: float) -> RetryLater:
        """Nothing was sent: the service hasn't been answering and is left alone for so long."""
        return RetryLater(
            f"{self.label} isn't answering right now.",
            next_step="I'm leaving it alone for a moment; please try again in a minute.",
            code=RESTING,
            detail=f"{operation}: resting for {seconds:.0f} s",
            after=seconds,
        )

    def slow_down(self, operation: str, after: float | None) -> RetryLater:
        return RetryLater(
            f"{self.label} asks me to slow down.",
            next_step="Please try again in a few minutes.",
            code="vendor_rate_limited",
            detail=f"{operation}: HTTP 429",
            after=after,
        )

    def used_up(self, operation: str, wait: float) -> RetryLater:
        """The vendor allows no call for longer than anybody would wait; nothing was sent."""
        return RetryLater(
            f"I've asked {self.label} as often as it allows for now.",
            next_step="Please try again later.",
            code="vendor_allowance_used_up",
            detail=f"{operation}: {wait:.0f} s to wait",
            after=wait,
        )

    def unknown_outcome(self, operation: str, kind: str) -> OutcomeUnknown:
        """A write was sent and its answer was lost or makes no sense."""
        return OutcomeUnknown(
            f"{self.label} didn't confirm the change, so it may or may not have been made.",
            next_step="I'll look it up there before anybody repeats it.",
            code="vendor_outcome_unknown",
            detail=f"{operation}: {kind}",
        )

    def credentials(self, operation: str, status: int) -> NotAllowed:
        return NotAllowed(
            f"{self.label} refused my credentials.",
            next_step="An administrator can check them with `sophia doctor`.",
            code="vendor_credentials",
            detail=f"{operation}: HTTP {status}",
        )

    def refused(self, operation: str, status: int) -> Fixable:
        return Fixable(
            f"{self.label} didn't accept the request.",
            next_step="Please check the names and numbers in it.",
            code="vendor_refused",
            detail=f"{operation}: HTTP {status}",
        )

    def too_large(self, operation: str, limit: int) -> Fixable:
        return Fixable(
            f"{self.label}'s answer is larger than I can take in one go.",
            next_step="Please ask for a smaller range.",
            code="vendor_answer_too_large",
            detail=f"{operation}: more than {limit} bytes",
        )

    def nonsense(self, operation: str, why: str) -> RetryLater:
        """A read's answer arrived but can't be understood (cut, wrong content type, wrong shape)."""
        return RetryLater(
            f"{self.label} gave an answer I can't read.",
            next_step="Please try again later; if it stays, tell your administrator.",
            code="vendor_answer_unreadable",
            detail=f"{operation}: {why}",
        )

    def of_status(self, operation: str, status: int, *, may_have_happened: bool) -> SophiaError:
        """The error for a status that the caller did not ask to see."""
        if status in (401, 403):
            return self.credentials(operation, status)
        if status >= 500:
            if may_have_happened:
                return self.unknown_outcome(operation, f"HTTP {status}")
            return self.unreachable(operation, f"HTTP {status}")
        if status in (408, 425):
            return self.unreachable(operation, f"HTTP {status}")
        if 300 <= status < 400:
            return NotAllowed(
                f"{self.label} points me to another address, and I don't follow such redirects.",
                next_step="An administrator can check the address with `sophia doctor`.",
                code="redirect_refused",
                detail=f"{operation}: HTTP {status}",
            )
        return self.refused(operation, status)

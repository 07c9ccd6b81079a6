"""How a call went, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.gateways.faults import FaultKind
from app.gateways.route_plan import Policy
from app.gateways.trail.reading import ToldCall
from app.gateways.trail.record import ANSWERED, LEFT, LOST, NOT_NEEDED

EMBEDDED = "embedded"
_FAULTS: Mapping[str, str] = {
    FaultKind.TRANSIENT: "failed for the moment (overloaded, limited, cut off or too slow)",
    FaultKind.ACCOUNT: "failed because of the account there (key, credit, permission or model name)",
    FaultKind.REQUEST: "refused the request itself",
    FaultKind.CONTEXT: "found the question too long for its window",
    FaultKind.POLICY: "refused the content",
    FaultKind.NONSENSE: "gave nothing that could be used",
    LEFT: "was left, because whoever asked went away",
    LOST: "was left, because another's first word came sooner",
    "failed": "failed",
}
_LEFT_OUT: Mapping[str, str] = {
    "resting": "it had failed before and rests",
    "probed by another process": "it had failed before, and another process is trying whether it is back",
    "over budget": "a budget had no room for it",
    "hedges used up": "what such tries may cost was used up",
    "budget unknown": "whether a budget had room for it could not be told",
    "limits unknown": "whether it was at its limit could not be told",
    "not for refused content": "another model had refused the content, and it is not marked to take such",
    "window no bigger": "the question was too long for another model, and its window is no bigger",
}
_POLICIES: Mapping[str, str] = {
    Policy.LISTED: "routes are tried in the order they are written",
    Policy.CHEAPEST: "the cheapest that is good enough comes first",
    Policy.FASTEST: "the fastest that is good enough comes first",
    Policy.BEST: "the one whose answers people like most comes first",
    Policy.BALANCED: "the best chance of a liked answer for its money comes first",
}


def dollars(microdollars: int) -> str:
    """Small amounts to the hundredth of a cent."""
    amount = microdollars / 1_000_000
    return f"${amount:,.2f}" if amount >= 1 else f"${amount:.4f}"


def sentences(call: ToldCall) -> Iterator[str]:
    """First how the call ended and by which policy, then a line for each candidate."""
    seconds = call.total_ms / 1000
    who = "the embedded planner" if call.answered == EMBEDDED else call.answered
    ended = f"answered by {who}" if who else "nobody answered"
    yield f"{call.task or 'call'}: {ended} after {seconds:.1f} s, {dollars(call.cost)}; {_POLICIES[call.policy]}."
    for one in call.candidates:
        yield f"  • {one['route']}: {_became(one)}{_thought(one.get('thought'))}"


def _became(one: Mapping[str, Any]) -> str:
    outcome: str = one["outcome"]
    if outcome == NOT_NEEDED:
        return "was not needed"
    if one["route"] == EMBEDDED:
        return "answered, at no cost" if outcome == ANSWERED else "failed"
    if not one.get("asked"):
        beside = " as a second try beside a slow one" if one.get("hedge") else ""
        return f"was left out{beside}: {_LEFT_OUT.get(outcome, outcome)}"
    took = f"after {one['total_ms'] / 1000:.1f} s"
    first = f", first word after {one['first_ms'] / 1000:.1f} s" if "first_ms" in one else ""
    cost = f", {dollars(one['cost'])}" if "cost" in one else ""
    told = "answered" if outcome == ANSWERED else _FAULTS.get(outcome, outcome)
    detail = f" [{one['detail']}]" if one.get("detail") else ""
    beside = "was asked as well, because no first word had come, and " if one.get("hedge") else ""
    return f"{beside}{told}{detail} {took}{first}{cost}"


def _thought(thought: Mapping[str, Any] | None) -> str:
    """What made it come before or after the others."""
    if thought is None:
        return ""
    said = [f"{thought['quality']:.0%} liked"]
    said.append("price unknown" if thought["cost"] is None else f"about {dollars(thought['cost'])}")
    said.append(f"first word in about {thought['seconds']:.1f} s")
    if not thought["good_enough"]:
        said.append("not good enough for this kind of call")
    if thought["kept"]:
        said.append("the conversation was on it")
    return f" (expected: {', '.join(said)})"

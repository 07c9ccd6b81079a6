"""How a plan is compared with the right one, exactly as the development data's README says."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Gold = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """One utterance judged."""

    id: str
    expect: str
    tool: bool
    exact: bool
    why: str = ""
    silent: bool = False


def words(text: str) -> list[str]:
    """Lower-case words for token F1."""
    return re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("’", ""))


def token_f1(a: str, b: str) -> float:
    """Token F1 of two texts."""
    left, right = Counter(words(a)), Counter(words(b))
    same = sum((left & right).values())
    if not same:
        return 0.0
    precision, recall = same / sum(left.values()), same / sum(right.values())
    return 2 * precision * recall / (precision + recall)


def matches(kind: str, got: Any, want: Any, names: Sequence[str] = ()) -> bool:
    """Whether one value is right for one acceptable value."""
    if want is None or got is None:
        return want is got
    match kind:
        case "num":
            return isinstance(got, int | float) and float(got) == float(want)
        case "bool":
            return bool(got) == bool(want)
        case "phone":
            return re.sub(r"\D", "", str(got))[-10:] == re.sub(r"\D", "", str(want))[-10:]
        case "id":
            return _bare(got) == _bare(want)
        case "text":
            return token_f1(str(got), str(want)) >= 0.6
        case "property_list":
            return sorted(str(g).lower() for g in got) == sorted(str(w).lower() for w in want)
        case "person" | "company":
            a, b = str(got).lower().strip(), str(want).lower().strip()
            return (
                a == b
                or _phone_or_mail(a, b)
                or (_part(a, b) and _unique(a, names))
                or (_part(b, a) and _unique(b, names))
            )
        case _:
            return str(got).strip().lower() == str(want).strip().lower()


def _phone_or_mail(a: str, b: str) -> bool:
    digits = re.sub(r"\D", "", a)
    return len(digits) >= 10 and digits[-10:] == re.sub(r"\D", "", b)[-10:]


def _bare(value: Any) -> str:
    return re.sub(r"^(?:unit|apt|wo)?[\s#-]*", "", str(value).lower()).lstrip("#")


def _part(a: str, b: str) -> bool:
    return bool(a) and set(a.split()) <= set(b.split())


def _unique(part: str, names: Sequence[str]) -> bool:
    return sum(1 for name in names if set(part.split()) <= set(name.lower().split())) <= 1


def judge(
    gold: Gold, plan: Mapping[str, Any], kinds: Mapping[str, Mapping[str, str]], names: Sequence[str] = ()
) -> Verdict:
    """Compares a plan (`action`, `calls`) with the right reaction."""
    calls: list[Mapping[str, Any]] = list(plan["calls"])
    wanted: list[Mapping[str, Any]] = list(gold["calls"])
    got_names, want_names = sorted(c["name"] for c in calls), sorted(c["name"] for c in wanted)
    if not wanted:
        right = not calls
        return Verdict(gold["id"], gold["expect"], right, right, "" if right else f"called {calls}")
    if got_names != want_names:
        return Verdict(
            gold["id"], gold["expect"], False, False, f"{plan['action']} {calls or plan.get('question', '')}", not calls
        )
    left = list(calls)
    faults: list[str] = []
    for call in wanted:
        same = [c for c in left if c["name"] == call["name"]]
        verdicts = [(_faults(call, c, kinds.get(call["name"], {}), names), c) for c in same]
        fault, best = min(verdicts, key=lambda v: len(v[0]))
        left.remove(best)
        faults += fault
    return Verdict(gold["id"], gold["expect"], True, not faults, "; ".join(faults))


def _faults(
    want: Mapping[str, Any], got: Mapping[str, Any], kinds: Mapping[str, str], names: Sequence[str]
) -> list[str]:
    faults: list[str] = []
    for name, accepted in want["arguments"].items():
        value = got["arguments"].get(name)
        kind = kinds.get(name, "enum")
        if not any(matches(kind, value, a, names) for a in accepted):
            faults.append(f"{name}={value!r} not in {accepted}")
    faults += [f"extra {name}={value!r}" for name, value in got["arguments"].items() if name not in want["arguments"]]
    return faults

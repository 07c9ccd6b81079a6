"""Reads the stress set (data/stress.txt): a compact notation for utterances with the right reaction."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "stress.txt"


@dataclass(frozen=True)
class Case:
    """One utterance; `context` is the last call, if it is a follow-up."""

    gold: Mapping[str, Any]
    context: tuple[Mapping[str, Any], ...]


def cases(kinds: Mapping[str, Mapping[str, str]], path: Path = FILE) -> Iterator[Case]:
    """Every case of the file, in order; even ones are for development, odd ones are held out."""
    number = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        left, _, right = line.rpartition(" => ")
        m = re.match(r"\[(?P<last>\w+ ?.*?)\] (?P<u>.*)$", left)
        context: tuple[Mapping[str, Any], ...] = ()
        if m:
            last = _call(m["last"], kinds, single=True)
            context = ({"user": "", "call": last},)
        utterance = m["u"] if m else left
        expect = right.strip()
        called = not re.fullmatch(r"(?:clarify|decline|chitchat)(?:\|\w+)*", expect)
        calls = [_call(part, kinds) for part in expect.split(" && ")] if called else []
        number += 1
        gold = {
            "id": f"s{number:03d}",
            "utterance": utterance,
            "expect": "call" if called else expect.split("|")[0],
            "calls": calls,
        }
        yield Case(gold, context)


def _call(text: str, kinds: Mapping[str, Mapping[str, str]], *, single: bool = False) -> dict[str, Any]:
    name, _, rest = text.strip().partition(" ")
    arguments: dict[str, Any] = {}
    for pair in rest.split("; ") if rest else []:
        key, _, value = pair.strip().partition("=")
        kind = kinds[name][key]
        accepted = [_value(v, kind) for v in _alternatives(value, kind)]
        arguments[key] = accepted[0] if single else accepted
    return {"name": name, "arguments": arguments}


def _alternatives(value: str, kind: str) -> list[str]:
    return [value] if kind == "property_list" else value.split("|")


def _value(text: str, kind: str) -> Any:
    if text == "~":
        return None
    if kind == "num":
        return float(text)
    if kind == "bool":
        return text == "true"
    if kind == "property_list":
        return text.strip("[]").split(",")
    return text

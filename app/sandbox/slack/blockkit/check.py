"""The collector of problems, with the small checks that every block and element is made of."""

from collections.abc import Callable, Collection
from typing import Any, Literal, TypeAlias

Surface: TypeAlias = Literal["message", "modal", "home"]
Each: TypeAlias = Callable[[Any, str], None]


class Check:
    """Collects problems as Slack words them: `must be less than 3001 characters [json-pointer:/…]`."""

    def __init__(self, surface: Surface) -> None:
        self.surface: Surface = surface
        self.problems: list[str] = []

    def fail(self, what: str, pointer: str) -> None:
        self.problems.append(f"{what} [json-pointer:{pointer}]")

    def keys(
        self, value: Any, pointer: str, required: Collection[str], optional: Collection[str] = ()
    ) -> dict[str, Any] | None:
        """The value as an object with exactly these fields, or None (and a problem) when it is not one."""
        if not isinstance(value, dict):
            self.fail("must be an object", pointer)
            return None
        whole = True
        for name in required:
            if name not in value or value[name] is None:
                self.fail(f"missing required field: {name}", pointer)
                whole = False
        for name in value:
            if name not in required and name not in optional:
                self.fail(f"invalid additional property: {name}", pointer)
        return value if whole else None

    def string(self, value: Any, pointer: str, most: int, least: int = 1) -> None:
        if not isinstance(value, str):
            self.fail("must be a string", pointer)
        elif len(value) < least:
            self.fail(f"must be more than {least - 1} characters", pointer)
        elif len(value) > most:
            self.fail(f"must be less than {most + 1} characters", pointer)

    def maybe_string(self, holder: dict[str, Any], name: str, pointer: str, most: int, least: int = 0) -> None:
        if holder.get(name) is not None:
            self.string(holder[name], f"{pointer}/{name}", most, least)

    def one_of(self, value: Any, pointer: str, allowed: Collection[str]) -> None:
        if value not in allowed:
            self.fail(f"value must be one of: {', '.join(sorted(allowed))}", pointer)

    def flag(self, holder: dict[str, Any], name: str, pointer: str) -> None:
        if holder.get(name) is not None and not isinstance(holder[name], bool):
            self.fail("must be a boolean", f"{pointer}/{name}")

    def number(self, value: Any, pointer: str, least: float, most: float, *, whole: bool = True) -> None:
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            self.fail("must be an integer" if whole else "must be a number", pointer)
        elif not least <= value <= most:
            self.fail(f"must be between {least} and {most}", pointer)

    def items(self, value: Any, pointer: str, least: int, most: int, each: Each) -> None:
        """A list of `least` to `most` items, each checked at its own pointer."""
        if not isinstance(value, list):
            self.fail("must be an array", pointer)
            return
        if len(value) < least:
            self.fail(f"no less than {least} items allowed", pointer)
        if len(value) > most:
            self.fail(f"no more than {most} items allowed", pointer)
        for index, item in enumerate(value):
            each(item, f"{pointer}/{index}")

    def unique(self, names: list[tuple[str, str]], what: str) -> None:
        """Each (name, pointer) pair may name a thing once."""
        seen: set[str] = set()
        for name, pointer in names:
            if name in seen:
                self.fail(f'`{what}` "{name}" already exists', pointer)
            seen.add(name)

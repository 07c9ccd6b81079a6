"""What took how long, as spans: a turn, its model attempts, its tool calls, its calls to the outside.

They are sent over OTLP when an endpoint is set (otlp.py); else nothing is made, and no library is loaded. Attributes
follow OpenTelemetry's semantic conventions (https://github.com/open-telemetry/semantic-conventions-genai and
https://opentelemetry.io/docs/specs/semconv/http/) and hold names and figures only: never a prompt, an answer, an
argument, an address with its query, or a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar, Token
from typing import Any, Literal, Protocol, Self

Value = str | int | float | bool
Attributes = Mapping[str, Value]
Kind = Literal["internal", "client"]


class Span(Protocol):
    """One span that is open."""

    def set(self, attributes: Attributes) -> None: ...

    def failed(self, error_type: str) -> None:
        """It ended badly; the type is a short name from a small set, such as a code or the name of an exception."""
        ...


class Sink(Protocol):
    """Makes spans. `parent` is what `begin` gave for the span around it, None for the first of a trace."""

    def begin(self, name: str, kind: Kind, attributes: Attributes, parent: object, began_ns: int | None) -> Any: ...

    def end(self, made: Any, ended_ns: int | None) -> None: ...


_sink: Sink | None = None
_around: ContextVar[object] = ContextVar("sophia_span", default=None)


def send_to(sink: Sink | None) -> None:
    """For the whole process: where spans go from now on; None for nowhere."""
    global _sink  # noqa: PLW0603 - as with metrics, there is one for all
    _sink = sink


class _Nothing:
    """Where nobody looks."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def set(self, attributes: Attributes) -> None:
        pass

    def failed(self, error_type: str) -> None:
        pass


class _Open:
    """Open while its block runs; what is begun inside lies in it."""

    def __init__(self, sink: Sink, made: Any) -> None:
        self._sink, self._made = sink, made
        self._known_failure = False
        self._token: Token[object] | None = None

    def __enter__(self) -> Self:
        self._token = _around.set(self._made)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and not self._known_failure:
            self.failed(kind.__name__)
        if self._token is not None:
            _around.reset(self._token)
        self._sink.end(self._made, None)

    def set(self, attributes: Attributes) -> None:
        self._made.set_attributes(attributes)

    def failed(self, error_type: str) -> None:
        self._known_failure = True
        _mark(self._made, error_type)


_NOTHING = _Nothing()


def span(name: str, kind: Kind, attributes: Attributes) -> _Nothing | _Open:
    """A span around a block; an exception that leaves it is named by its class, without its text."""
    if _sink is None:
        return _NOTHING
    return _Open(_sink, _sink.begin(name, kind, attributes, _around.get(), None))


def past_span(
    name: str, kind: Kind, attributes: Attributes, *, began_ns: int, ended_ns: int, error_type: str = ""
) -> None:
    """A span of what is over already; times in nanoseconds since 1970."""
    if _sink is None:
        return
    made = _sink.begin(name, kind, attributes, _around.get(), began_ns)
    if error_type:
        _mark(made, error_type)
    _sink.end(made, ended_ns)


def watched() -> bool:
    """Whether anybody gets spans; what is costly to say about one may be left out else."""
    return _sink is not None


def _mark(made: Any, error_type: str) -> None:
    made.set_attribute("error.type", error_type)
    made.fail()

"""What `sophia ingest` is given: files, folders and web addresses, as documents on their way in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from app.domain.clock import Clock
from app.domain.errors import Fixable
from app.http.outbound import Outbound
from app.knowledge.library import Arriving, TakenIn, document_id
from app.knowledge.passages import EVERYONE, DocumentKind
from app.knowledge.reading.base import Material, Unreadable
from app.knowledge.reading.registry import require_size
from app.knowledge.web.sites import Sites
from app.knowledge.web.walk import Bounds, Missed, Walk

_TOKENS = ("role:", "property:", "channel:", "user:")


@dataclass(frozen=True)
class Kept:
    """What a source is kept as: `link` is the address files can be opened under, `readers` who may read."""

    readers: frozenset[str]
    link: str = ""


def reader_tokens(readers: str) -> frozenset[str]:
    """From the option: tokens separated by commas. Raises Fixable for what is none."""
    tokens = frozenset(part.strip() for part in readers.split(",") if part.strip())
    wrong = [token for token in tokens if token != EVERYONE and not token.startswith(_TOKENS)]
    if wrong or not tokens:
        raise Fixable(
            f"{wrong[0] if wrong else 'Nobody'!r} is no reader.",
            next_step="Try everyone, role:leasing, property:<id>, channel:<id> or user:<id>.",
            code="bad_reader",
        )
    properties = {"property:*"} if any(token.startswith("property:") for token in tokens) else set[str]()
    return tokens | properties


def is_address(source: str) -> bool:
    return source.startswith(("https://", "http://"))


def files(source: str) -> Iterator[tuple[str, Path]]:
    """The file, or all files of the folder without hidden ones, each with the name it is known by. Raises Fixable."""
    path = Path(source)
    if path.is_dir():
        root = path.resolve().name
        for file in sorted(one for one in path.rglob("*") if one.is_file()):
            below = file.relative_to(path)
            if not any(part.startswith(".") for part in below.parts):
                yield _writable(f"{root}/{below.as_posix()}"), file
    elif path.is_file():
        yield _writable(path.name), path
    else:
        raise Fixable(f"There is no file or folder {path}.", next_step="Please check the path.", code="no_such_file")


def _writable(name: str) -> str:
    """A file's name may hold bytes that are no text; they are written as `\\udcff`."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def of_file(name: str, path: Path, kept: Kept) -> Arriving | TakenIn:
    """The file on its way in; its outcome when it can't be opened or is too large to be looked at."""
    shown = _writable(path.name)
    try:
        require_size(shown, path.stat().st_size)
        content = path.read_bytes()
        changed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except Unreadable as wrong:
        return TakenIn(document_id("file", name), shown, "unreadable", sentence=wrong.for_people)
    except (OSError, OverflowError, ValueError) as refused:
        why = getattr(refused, "strerror", None) or type(refused).__name__
        return TakenIn(document_id("file", name), shown, "unreadable", sentence=f"“{shown}” can't be opened: {why}.")
    return Arriving(
        id=document_id("file", name),
        title=_writable(path.stem).replace("-", " ").replace("_", " ").capitalize(),
        kind=DocumentKind.FILE,
        readers=kept.readers,
        dated=changed_at,
        link=f"{kept.link.rstrip('/')}/{quote(name)}" if kept.link else "",
        material=Material(shown, content),
    )


async def of_site(
    address: str, sites: str, kept: Kept, clock: Clock, bounds: Bounds
) -> AsyncIterator[Arriving | TakenIn]:
    """The pages of an allowed site; what could not be read comes as its outcome. Raises SophiaErrors."""
    outbound = Outbound(clock)
    try:
        async for page in Walk(outbound, Sites.parse(sites), bounds).pages(address):
            if isinstance(page, Missed):
                outcome = "missing" if page.gone else "unreadable"
                yield TakenIn(document_id("page", page.address), page.address, outcome, sentence=page.sentence)
                continue
            yield Arriving(
                id=document_id("page", page.address),
                title=page.material.name,
                kind=DocumentKind.PAGE,
                readers=kept.readers,
                dated=page.changed_at or clock.now(),
                link=page.address,
                material=page.material,
            )
    finally:
        await outbound.close()


def origin(source: str) -> str:
    """What the ids of everything from a folder or below an address start with; "" for a single file."""
    if is_address(source):
        return f"page:{source.rstrip('/')}/"
    path = Path(source)
    return f"file:{path.resolve().name}/" if path.is_dir() else ""

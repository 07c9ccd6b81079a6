"""The walk over a web site: from one address along links on the same host, bounded in pages and depth.

Pages arrive as material for the readers, like files; nothing of them is run. What robots.txt or a page's robots tag
closes is left out.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urldefrag, urljoin, urlsplit

from app.domain.errors import Fixable, SophiaError
from app.http.outbound import Call, Outbound, Reply, ServiceClient
from app.http.retry import Repeat
from app.knowledge.reading.base import Material
from app.knowledge.web.robots import Robots
from app.knowledge.web.sites import Sites

MOST_HOPS = 5
MOST_LINKS = 2_000  # of one page
_MOVED = frozenset({301, 302, 303, 307, 308})
_ANSWERED = frozenset({200, 404, 410}) | _MOVED
_READ = ("text/html", "application/xhtml+xml", "text/plain", "text/markdown", "text/csv", "application/pdf")


@dataclass(frozen=True)
class Bounds:
    """`depth` counts links from the first page, which is 0."""

    pages: int = 200
    depth: int = 3


USUAL = Bounds()


@dataclass(frozen=True)
class WebPage:
    """A page that was read; `address` is the one it was finally found under, without fragment."""

    address: str
    material: Material
    changed_at: datetime | None


@dataclass(frozen=True)
class Missed:
    """A page that could not be read, and why, for people. `gone`: the site says that there is none."""

    address: str
    sentence: str
    gone: bool = False


class Walk:
    """One walk. `sleep` keeps the pause that a site asks for; tests pass their own."""

    def __init__(
        self,
        outbound: Outbound,
        sites: Sites,
        bounds: Bounds = USUAL,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._outbound = outbound
        self._sites = sites
        self._bounds = bounds
        self._sleep = sleep

    async def pages(self, start: str) -> AsyncIterator[WebPage | Missed]:
        """The pages of the site, breadth first. Raises NotAllowed for a site that is not listed, Fixable when
        robots.txt closes the first page, and what the outbound client raises for a site that does not answer."""
        client = self._outbound.service(self._sites.policy_for(start))
        robots = Robots(await self._robots(client, start))
        if not robots.allows(start):
            raise Fixable(
                f"{urlsplit(start).hostname} asks in its robots.txt not to be read by machine there.",
                next_step="Ask whoever runs the site, or share the documents as files.",
                code="site_closed",
            )
        queue, seen = deque([(_plain(start), 0)]), {_plain(start)}
        found: set[str] = set()
        while queue and len(found) < self._bounds.pages:
            address, depth = queue.popleft()
            if found:
                await self._sleep(robots.pause)
            page = await self._page(client, address, robots)
            if page is None or page.address in found:
                continue
            found.add(page.address)
            if isinstance(page, Missed):
                yield page
                continue
            rules = _Marks.of(page.material)
            if not rules.unlisted:
                yield page
            if depth < self._bounds.depth:
                for link in rules.links(page.address):
                    if link not in seen and _same_site(link, start) and robots.allows(link):
                        seen.add(link)
                        queue.append((link, depth + 1))

    async def _robots(self, client: ServiceClient, start: str) -> Reply:
        every = frozenset(range(200, 600)) - {429}
        return await client.send(
            Call("robots", "GET", urljoin(start, "/robots.txt"), Repeat.SAFE, accept=every - _MOVED | {404})
        )

    async def _page(self, client: ServiceClient, address: str, robots: Robots) -> WebPage | Missed | None:
        """The page behind an address and its redirects; None for what is no document."""
        start = address
        for _ in range(MOST_HOPS):
            try:
                reply = await client.send(Call("page", "GET", address, Repeat.SAFE, accept=_ANSWERED))
            except SophiaError as failed:
                return Missed(address, failed.for_people)
            if reply.status not in _MOVED:
                return _read(address, reply)
            address = _plain(urljoin(address, reply.headers.get("Location", "")))
            if not _same_site(address, start):
                return Missed(start, "It leads to another site.")
            if not robots.allows(address):
                return None
        return Missed(start, "It leads in a circle.")


def _read(address: str, reply: Reply) -> WebPage | Missed | None:
    if reply.status != 200:
        return Missed(address, "There is no such page.", gone=True)
    mimetype = reply.headers.get("Content-Type", "text/html").partition(";")[0].strip().lower()
    if mimetype not in _READ:
        return None
    name = urlsplit(address).path.rstrip("/").rpartition("/")[2] or urlsplit(address).netloc
    return WebPage(address, Material(name, reply.body, mimetype), _moment(reply.headers.get("Last-Modified")))


@dataclass(frozen=True)
class _Marks:
    """What a page says to machines: its links, and its robots tag."""

    hrefs: tuple[str, ...] = ()
    unlisted: bool = False

    @classmethod
    def of(cls, material: Material) -> _Marks:
        if "html" not in material.mimetype:
            return cls()
        from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415

        tree = LexborHTMLParser(material.content)
        tags = [
            (node.attributes.get("content") or "").lower()
            for node in tree.css("meta[name]")
            if (node.attributes.get("name") or "").lower() in ("robots", "sophia")
        ]
        said = ",".join(tags)
        anchors = [] if "nofollow" in said or "none" in said else tree.css("a[href]")
        hrefs = tuple(
            node.attributes.get("href") or ""
            for node in anchors[:MOST_LINKS]
            if "nofollow" not in (node.attributes.get("rel") or "").lower()
        )
        return cls(hrefs, "noindex" in said or "none" in said)

    def links(self, base: str) -> Iterator[str]:
        for href in self.hrefs:
            try:
                yield _plain(urljoin(base, href.strip()))
            except ValueError:  # an address that is none
                continue


def _plain(address: str) -> str:
    """The address without its fragment."""
    return urldefrag(address).url


def _same_site(address: str, start: str) -> bool:
    one, other = urlsplit(address), urlsplit(start)
    return (one.scheme, one.netloc) == (other.scheme, other.netloc)


def _moment(header: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)

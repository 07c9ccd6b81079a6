"""Web pages are read where the operator allowed it and the site agrees, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from app.domain.clock import FixedClock
from app.domain.errors import Fixable, NotAllowed
from app.http.outbound import Outbound
from app.knowledge.web.sites import Sites
from app.knowledge.web.walk import Bounds, Missed, Walk, WebPage
from tests.http.scripted import answer

USUAL = Bounds()
HTML = "Content-Type: text/html; charset=utf-8"


@dataclass
class Site:
    """A web site on loopback; `asked` are the paths that were requested."""

    pages: Mapping[str, bytes]
    url: str = ""
    asked: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    async def read(self, path: str = "/", *, listed: str = "", bounds: Bounds = USUAL) -> list[WebPage | Missed]:
        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)

        outbound = Outbound(FixedClock(datetime(2026, 6, 1, tzinfo=UTC)), sleep=pause)
        try:
            walk = Walk(outbound, Sites.parse(listed or self.url), bounds, sleep=pause)
            return [page async for page in walk.pages(self.url + path)]
        finally:
            await outbound.close()

    async def paths(self, path: str = "/", **given: Bounds) -> list[str]:
        return [page.address.removeprefix(self.url) for page in await self.read(path, **given)]


@asynccontextmanager
async def site(pages: Mapping[str, bytes]) -> AsyncGenerator[Site]:
    one = Site(pages)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        one.asked.append(path)
        writer.write(one.pages.get(path, answer(404, b"", HTML)))
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    one.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield one


def page(*links: str, head: str = "", extra: tuple[str, ...] = ()) -> bytes:
    anchors = "".join(f'<a href="{link}">x</a>' for link in links)
    return answer(200, f"<html><head>{head}</head><body>{anchors}</body></html>".encode(), HTML, *extra)


async def test_pages_are_read_breadth_first_and_each_once() -> None:
    pages = {"/": page("/a", "b#part", "/a#top"), "/a": page("/", "/a/deep"), "/b": page(), "/a/deep": page()}
    async with site(pages) as one:
        assert await one.paths() == ["/", "/a", "/b", "/a/deep"]
        assert one.asked == ["/robots.txt", "/", "/a", "/b", "/a/deep"]


async def test_links_to_other_hosts_are_not_followed() -> None:
    async with site({"/": page("http://127.0.0.2:1/", "https://elsewhere.example/", "mailto:a@b.example")}) as one:
        assert await one.paths() == ["/"]


async def test_depth_and_number_of_pages_are_bounded() -> None:
    pages = {"/": page("/1"), "/1": page("/2"), "/2": page("/3"), "/3": page()}
    async with site(pages) as one:
        assert await one.paths(bounds=Bounds(depth=1)) == ["/", "/1"]
        assert await one.paths(bounds=Bounds(pages=3)) == ["/", "/1", "/2"]


async def test_what_robots_txt_closes_is_left_alone_and_its_pause_kept() -> None:
    rules = answer(200, b"User-agent: *\nDisallow: /private\nCrawl-delay: 2\n", "Content-Type: text/plain")
    async with site({"/robots.txt": rules, "/": page("/private/pay", "/open"), "/open": page()}) as one:
        assert await one.paths() == ["/", "/open"]
        assert "/private/pay" not in one.asked
        assert one.pauses == [2.0]
        with pytest.raises(Fixable, match="not to be read by machine"):
            await one.read("/private/pay")


async def test_pages_that_ask_not_to_be_kept_or_followed_are_not() -> None:
    pages = {
        "/": page("/n", "/f"),
        "/n": page("/below", head='<meta name="robots" content="noindex">'),
        "/f": page("/hidden", head='<meta name="ROBOTS" content="NOFOLLOW">'),
        "/below": page(),
        "/hidden": page(),
    }
    async with site(pages) as one:
        assert await one.paths() == ["/", "/f", "/below"]


async def test_a_redirect_is_followed_on_the_same_site_only() -> None:
    moved = answer(301, b"", HTML, "Location: /new")
    away = answer(302, b"", HTML, "Location: http://169.254.169.254/latest/meta-data")
    async with site({"/": page("/old", "/away"), "/old": moved, "/away": away, "/new": page()}) as one:
        _, new, missed = await one.read()
        assert new.address == f"{one.url}/new"
        assert missed == Missed(f"{one.url}/away", "It leads to another site.")


async def test_pictures_are_passed_over_and_missing_pages_named() -> None:
    picture = answer(200, b"\x89PNG", "Content-Type: image/png")
    async with site({"/": page("/logo", "/gone"), "/logo": picture}) as one:
        assert (await one.read())[1:] == [Missed(f"{one.url}/gone", "There is no such page.", gone=True)]


async def test_a_page_says_when_it_was_changed() -> None:
    async with site({"/": page(extra=("Last-Modified: Tue, 03 Feb 2026 10:00:00 GMT",))}) as one:
        (found,) = await one.read()
        assert isinstance(found, WebPage)
        assert found.changed_at == datetime(2026, 2, 3, 10, tzinfo=UTC)


async def test_a_site_that_is_not_listed_is_not_asked() -> None:
    async with site({"/": page()}) as one:
        with pytest.raises(NotAllowed, match="not among the sites I may read"):
            await one.read(listed="docs.example.com, https://127.0.0.1")
        assert one.asked == []


async def test_a_host_listed_without_an_address_is_never_private() -> None:
    outbound = Outbound(FixedClock(datetime(2026, 6, 1, tzinfo=UTC)), resolve=_private)
    with pytest.raises(NotAllowed):
        [_ async for _ in Walk(outbound, Sites.parse("docs.example.com")).pages("https://docs.example.com/")]
    await outbound.close()


async def _private(host: str, port: int) -> list[str]:
    return ["10.0.0.7"]

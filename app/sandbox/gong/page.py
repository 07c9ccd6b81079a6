"""The page behind a call's address, so that a citation opens something in the demo. Gong's own page needs a login; here
private calls are not shown."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse, Response

from app.sandbox.gong.store import Recording

_STYLE = "body{font:16px/1.5 system-ui;max-width:44rem;margin:2rem auto}time{color:#666}:target{background:#fef3c7}"


def call_page(call: Recording | None) -> Response:
    """A call's transcript with an anchor `t=<second>` at each turn; 404 and 403 where there is nothing to show."""
    if call is None:
        return HTMLResponse("<p>There is no such call.</p>", 404)
    if call.private:
        return HTMLResponse("<p>This call is private.</p>", 403)
    names = {one.speaker_id: one.name for one in (call.host, *call.others)}
    turns = "".join(
        f'<p id="t={said.sentences[0].start // 1000}"><time>{_mark(said.sentences[0].start)}</time> '
        f"<b>{escape(names[said.speaker_id])}</b><br>{escape(' '.join(part.text for part in said.sentences))}</p>"
        for said in call.said
    )
    return HTMLResponse(
        f"<!doctype html><meta charset=utf-8><title>{escape(call.title)}</title><style>{_STYLE}</style>"
        f"<h1>{escape(call.title)}</h1><p>{call.started:%B %-d, %Y}</p>{turns}"
    )


def _mark(milliseconds: int) -> str:
    return f"{milliseconds // 60_000:02}:{milliseconds // 1000 % 60:02}"

"""Socket Mode's server side: tickets, hello, envelopes, acknowledgements, refresh.

Protocol: docs.slack.dev/apis/events-api/using-socket-mode. At most ten connections; an envelope goes to
one of them in turn and counts as delivered once its id comes back.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from app.sandbox.slack.delivery.parcel import Parcel, Reply
from app.sandbox.slack.errors import SlackError

MOST_CONNECTIONS = 10
TICKET_LIFETIME = 30.0


@dataclass(eq=False, slots=True)
class _Link:
    """One open WebSocket with the envelopes that still wait for their acknowledgement."""

    socket: WebSocket
    waiting: dict[str, asyncio.Future[dict[str, Any]]] = field(
        default_factory=dict[str, "asyncio.Future[dict[str, Any]]"]
    )
    retiring: bool = False


class SocketMode:
    """All connections of the app, and the way to send through one of them."""

    def __init__(
        self,
        *,
        app_id: str,
        now: Callable[[], float],
        new_hex: Callable[[int], str],
        new_uuid: Callable[[], str],
        ack_timeout: float,
        lifetime: float,
        on_change: Callable[[], object],
    ) -> None:
        self._app_id, self._now = app_id, now
        self._new_hex, self._new_uuid = new_hex, new_uuid
        self._ack_timeout, self._lifetime = ack_timeout, lifetime
        self._on_change = on_change
        self._tickets: dict[str, float] = {}
        self._links: list[_Link] = []
        self._turn = 0

    @property
    def connected(self) -> bool:
        return any(not link.retiring for link in self._links)

    @property
    def connections(self) -> int:
        return len(self._links)

    def issue_ticket(self) -> str:
        """A single-use ticket for one connection, good for half a minute."""
        ticket = self._new_hex(32)
        self._tickets[ticket] = self._now() + TICKET_LIFETIME
        return ticket

    def redeem(self, ticket: str) -> None:
        """Raises `invalid_ticket` for a ticket that is unknown, used or too old."""
        expires = self._tickets.pop(ticket, 0.0)
        if expires < self._now():
            raise SlackError("invalid_ticket")

    async def serve(self, socket: WebSocket) -> None:
        """Hold one connection from hello to goodbye."""
        await socket.accept()
        if len(self._links) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return
        link = _Link(socket)
        self._links.append(link)
        self._on_change()
        refresh = asyncio.create_task(self._refresh(link))
        try:
            await socket.send_json(self._hello())
            while True:
                self._acknowledge(link, await socket.receive_text())
        except WebSocketDisconnect:
            return
        finally:
            refresh.cancel()
            self._links.remove(link)
            for waiting in link.waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError("the connection closed before the acknowledgement"))
            self._on_change()

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self._links),
            "debug_info": {
                "host": "applink-local",
                "build_number": 1,
                "approximate_connection_time": int(self._lifetime),
            },
            "connection_info": {"app_id": self._app_id},
        }

    def _acknowledge(self, link: _Link, text: str) -> None:
        try:
            message = json.loads(text)
        except json.JSONDecodeError:
            return
        envelope_id = message.get("envelope_id") if isinstance(message, dict) else None
        waiting = link.waiting.get(str(envelope_id))
        if waiting is not None and not waiting.done():
            payload = message.get("payload")
            waiting.set_result(payload if isinstance(payload, dict) else {})

    async def _refresh(self, link: _Link) -> None:
        """Ask the client to reconnect before the connection is retired, as Slack does about hourly."""
        await asyncio.sleep(self._lifetime)
        await self.disconnect(link, "refresh_requested")

    async def disconnect(self, link: _Link, reason: str) -> None:
        link.retiring = True
        await link.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}})

    async def refresh_all(self) -> None:
        """Ask every connection to reconnect now."""
        for link in list(self._links):
            await self.disconnect(link, "refresh_requested")

    async def close_all(self) -> None:
        """Cut every connection without a word, as a network failure would."""
        for link in list(self._links):
            await link.socket.close(code=1012)

    async def send(self, parcel: Parcel) -> Reply:
        """Send the parcel through the next connection and wait for its acknowledgement."""
        ready = [link for link in self._links if not link.retiring] or self._links
        if not ready:
            return Reply(delivered=False, reason="connection_failed")
        self._turn += 1
        link = ready[self._turn % len(ready)]
        envelope_id = self._new_uuid()
        waiting: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        link.waiting[envelope_id] = waiting
        try:
            await link.socket.send_text(json.dumps(self._envelope(envelope_id, parcel)))
            body = await asyncio.wait_for(waiting, self._ack_timeout)
        except TimeoutError:
            return Reply(delivered=False, reason="timeout")
        except (ConnectionResetError, WebSocketDisconnect, RuntimeError):
            return Reply(delivered=False, reason="connection_failed")
        finally:
            link.waiting.pop(envelope_id, None)
        return Reply(delivered=True, body=body)

    @staticmethod
    def _envelope(envelope_id: str, parcel: Parcel) -> dict[str, Any]:
        envelope: dict[str, Any] = {
            "envelope_id": envelope_id,
            "type": parcel.kind,
            "payload": parcel.payload,
            "accepts_response_payload": parcel.kind != "events_api",
        }
        if parcel.kind == "events_api":
            envelope |= {"retry_attempt": parcel.attempt, "retry_reason": parcel.reason}
        return envelope

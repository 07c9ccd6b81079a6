"""The running workspace: state, delivery, limits and keys, put together. No HTTP routes, no HTML."""

from functools import partial

from app.sandbox.slack.bus import Bus
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.delivery.courier import Courier
from app.sandbox.slack.delivery.events import Events
from app.sandbox.slack.delivery.parcel import Transport
from app.sandbox.slack.delivery.signed_http import SignedHttp
from app.sandbox.slack.delivery.socket_mode import SocketMode
from app.sandbox.slack.messages import Json, Message
from app.sandbox.slack.present import message_json
from app.sandbox.slack.rate import RateLimiter
from app.sandbox.slack.state import Room, State
from app.sandbox.slack.triggers import ResponseUrls, Triggers


class LocalWorkspace:
    """Everything one local workspace is made of; the Web API, the page and the tests share it."""

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.bus = Bus()
        self.state = State(config, self.bus)
        self.limiter = RateLimiter(config.now, config.rate_multiplier)
        self.triggers = Triggers(config.now, self.state.new_hex, config.trigger_lifetime)
        self.response_urls = ResponseUrls(
            config.now, self.state.new_hex, config.response_url_lifetime, config.response_url_uses
        )
        self.socket_mode = SocketMode(
            app_id=config.workspace.app_id,
            now=config.now,
            new_hex=self.state.new_hex,
            new_uuid=self.state.new_uuid,
            ack_timeout=config.ack_timeout,
            lifetime=config.socket_lifetime,
            on_change=partial(self.bus.publish, "connection"),
        )
        self.signed_http: SignedHttp | None = None
        transport: Transport = self.socket_mode
        if config.delivery == "http":
            self.signed_http = SignedHttp(
                url=config.request_url,
                secret=config.signing_secret,
                now=config.now,
                ack_timeout=config.ack_timeout,
            )
            transport = self.signed_http
        self.courier = Courier(
            transport,
            via=config.delivery,
            now=config.now,
            retry_delays=config.retry_delays,
            on_change=partial(self.bus.publish, "delivery"),
        )
        self.events = Events(self.state, self.courier)

    @property
    def bot(self) -> str:
        return self.config.workspace.bot_user_id

    async def close(self) -> None:
        """Stop deliveries and let go of sockets."""
        await self.courier.close()
        if self.signed_http is not None:
            await self.signed_http.close()

    def app_hears(self, room: Room) -> bool:
        """Whether events of this conversation reach the app."""
        return self.bot in room.members and not room.archived

    def message_posted(self, message: Message) -> None:
        """Tell the app about a new message: the message event, and app_mention when it is named."""
        room = self.state.rooms[message.channel]
        if message.only_for or not self.app_hears(room):
            return
        body = message_json(self.state, message, summary=False)
        if message.app_context:
            body["app_context"] = message.app_context
        place: Json = {"channel": room.id, "event_ts": message.ts}
        if room.kind != "im" and not message.from_app and f"<@{self.bot}>" in message.text:
            mention = {**body, **place, "type": "app_mention"}
            mention.pop("subtype", None)
            self.events.emit(mention)
        self.events.emit({**body, **place, "channel_type": room.kind})

    def message_changed(self, message: Message, before: Json) -> None:
        """Tell the app that a message was edited, updated, unfurled or finished streaming."""
        room = self.state.rooms[message.channel]
        if message.only_for or not self.app_hears(room):
            return
        self.events.emit(
            {
                "type": "message",
                "subtype": "message_changed",
                "hidden": True,
                "channel": room.id,
                "channel_type": room.kind,
                "ts": self.state.next_ts(),
                "message": message_json(self.state, message),
                "previous_message": before,
            }
        )

    def message_deleted(self, message: Message, before: Json) -> None:
        """Tell the app that a message is gone."""
        room = self.state.rooms[message.channel]
        if message.only_for or not self.app_hears(room):
            return
        self.events.emit(
            {
                "type": "message",
                "subtype": "message_deleted",
                "hidden": True,
                "channel": room.id,
                "channel_type": room.kind,
                "ts": self.state.next_ts(),
                "deleted_ts": message.ts,
                "previous_message": before,
            }
        )

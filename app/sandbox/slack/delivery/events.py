"""Wraps what happened into the `event_callback` that Slack sends, for the events the app subscribed to."""

from app.sandbox.slack.delivery.courier import Courier
from app.sandbox.slack.messages import Json
from app.sandbox.slack.state import State

_MESSAGE_KINDS = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


class Events:
    """Turns an inner event into a delivery; unsubscribed ones go nowhere, as on Slack."""

    def __init__(self, state: State, courier: Courier) -> None:
        self._state = state
        self._courier = courier

    def emit(self, event: Json) -> None:
        """Send one event. `event` is the inner object, with at least its `type`."""
        name = subscription(event)
        config = self._state.config
        if name not in config.events:
            return
        team = self._state.team
        event.setdefault("event_ts", self._state.next_ts())
        self._courier.post_event(
            name,
            {
                "token": config.verification_token,
                "team_id": team.id,
                "context_team_id": team.id,
                "context_enterprise_id": None,
                "api_app_id": team.app_id,
                "event": event,
                "type": "event_callback",
                "event_id": self._state.new_id("Ev", 9),
                "event_time": int(config.now()),
                "authorizations": [
                    {
                        "enterprise_id": None,
                        "team_id": team.id,
                        "user_id": team.bot_user_id,
                        "is_bot": True,
                        "is_enterprise_install": False,
                    }
                ],
                "is_ext_shared_channel": False,
                "event_context": f"4-{self._state.new_hex(40)}",
            },
        )


def subscription(event: Json) -> str:
    """The name an app subscribes to for this event."""
    if event["type"] == "message":
        return _MESSAGE_KINDS[event["channel_type"]]
    return str(event["type"])

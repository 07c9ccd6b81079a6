"""The stack of modals one person has open: at most three, the top one visible."""

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json
from app.sandbox.slack.state import State, View

DEEPEST = 3


def _fresh_hash(state: State) -> str:
    return f"{int(state.config.now())}.{state.new_hex(8)}"


def open_view(state: State, user: str, data: Json) -> View:
    """A new modal; whatever was open is gone."""
    view_id = state.new_id("V")
    view = View(view_id, user, data, _fresh_hash(state), view_id)
    state.modals[user] = [view]
    state.bus.publish("modal", user=user)
    return view


def push_view(state: State, user: str, data: Json) -> View:
    """A modal on top of the open one; raises `push_limit_reached` on the fourth."""
    stack = state.modals[user]
    if len(stack) >= DEEPEST:
        raise SlackError("push_limit_reached")
    view = View(state.new_id("V"), user, data, _fresh_hash(state), stack[0].id, stack[-1].id)
    stack.append(view)
    state.bus.publish("modal", user=user)
    return view


def replace_view(state: State, view: View, data: Json) -> None:
    """New content in the same place; what the person typed stays where the fields stay."""
    view.data, view.hash = data, _fresh_hash(state)
    view.errors, view.busy = {}, False
    state.bus.publish("home" if data["type"] == "home" else "modal", user=view.user)


def close_top(state: State, user: str) -> View | None:
    """Take the top modal away and return it."""
    stack = state.modals.get(user)
    if not stack:
        return None
    view = stack.pop()
    state.bus.publish("modal", user=user)
    return view


def clear_views(state: State, user: str) -> list[View]:
    """Take every modal away and return them."""
    stack = state.modals.pop(user, [])
    if stack:
        state.bus.publish("modal", user=user)
    return stack

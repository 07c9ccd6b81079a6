"""views.*: open, push and update modals, publish Home tabs."""

from typing import Any

from app.sandbox.slack.blockkit.view import view_problems
from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json
from app.sandbox.slack.present import view_json
from app.sandbox.slack.state import View
from app.sandbox.slack.viewing import open_view, push_view, replace_view
from app.sandbox.slack.web_api.content import with_ids
from app.sandbox.slack.web_api.registry import Call, method


def _checked(call: Call, expected: str) -> Json:
    view: Any = call.structure("view")
    if view is None:
        raise SlackError("invalid_arguments", "missing required field: view")
    problems = view_problems(view, expected)
    if problems:
        raise SlackError("invalid_arguments", *problems)
    with_ids(call.workspace.state, view["blocks"])
    return view


def _unique(call: Call, view: Json, but: str = "") -> None:
    external = view.get("external_id")
    stacks = call.workspace.state.modals.values()
    if external and any(v.data.get("external_id") == external and v.id != but for s in stacks for v in s):
        raise SlackError("duplicate_external_id")


def _claim(call: Call) -> tuple[str, str]:
    trigger_id = call.text("trigger_id") or call.text("interactivity_pointer")
    if not trigger_id:
        raise SlackError("invalid_arguments", "missing required field: trigger_id")
    return call.workspace.triggers.claim(trigger_id)


@method("views.open", "Tier4")
def open_modal(call: Call) -> Json:
    view = _checked(call, "modal")
    _unique(call, view)
    user, _ = _claim(call)
    return {"view": view_json(call.workspace.state, open_view(call.workspace.state, user, view))}


@method("views.push", "Tier4")
def push_modal(call: Call) -> Json:
    view = _checked(call, "modal")
    _unique(call, view)
    user, view_id = _claim(call)
    state = call.workspace.state
    if not view_id or not state.modals.get(user):
        raise SlackError("invalid_trigger_id")
    return {"view": view_json(state, push_view(state, user, view))}


@method("views.update", "Tier4")
def update_modal(call: Call) -> Json:
    state = call.workspace.state
    found = _find(call)
    view = _checked(call, found.data["type"])
    if call.text("hash") and call.text("hash") != found.hash:
        raise SlackError("hash_conflict")
    replace_view(state, found, view)
    return {"view": view_json(state, found)}


def _find(call: Call) -> View:
    state = call.workspace.state
    if call.text("view_id"):
        found = state.find_view(call.text("view_id"))
    else:
        external = call.required("external_id")
        views = [view for stack in state.modals.values() for view in stack]
        found = next((view for view in views if view.data.get("external_id") == external), None)
    if found is None:
        raise SlackError("not_found")
    return found


@method("views.publish", "Tier4")
def publish_home(call: Call) -> Json:
    state = call.workspace.state
    user = call.required("user_id")
    if user not in state.people:
        raise SlackError("user_not_found")
    view = _checked(call, "home")
    old = state.homes.get(user)
    if call.text("hash") and (old is None or old.hash != call.text("hash")):
        raise SlackError("hash_conflict")
    view_id = old.id if old else state.new_id("V")
    home = View(view_id, user, view, f"{int(state.config.now())}.{state.new_hex(8)}", view_id)
    state.homes[user] = home
    state.bus.publish("home", user=user)
    return {"view": view_json(state, home)}

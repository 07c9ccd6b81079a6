"""What a person does with the app's surfaces: buttons, menus, modals, slash commands, shortcuts.

The payloads follow docs.slack.dev/reference/interaction-payloads. What was clicked is looked up in the
stored message or view, so a page can only send what the app offered.
"""

from typing import Any

from app.sandbox.slack.blockkit.view import view_problems
from app.sandbox.slack.blockkit.walk import find_element, interactive
from app.sandbox.slack.delivery.parcel import Parcel, ParcelKind, Reply
from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.inputs import action_value, check_inputs
from app.sandbox.slack.messages import Json, Message
from app.sandbox.slack.people import People
from app.sandbox.slack.present import message_json, view_json
from app.sandbox.slack.responding import answer
from app.sandbox.slack.state import View
from app.sandbox.slack.viewing import clear_views, close_top, push_view, replace_view
from app.sandbox.slack.web_api.content import with_ids


class Interacting:
    """Turns clicks and forms into interaction payloads and the app's answers into what is on screen."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.workspace = people.workspace
        self.state = people.state

    # -- blocks ---------------------------------------------------------------------------------

    async def act_on_message(
        self, user: str, place: tuple[str, str], block_id: str, action_id: str, chosen: Any = None
    ) -> Reply:
        """Click or choose in the message at `place` (channel, ts).

        `chosen` is an option's value, a date, a user id …
        """
        channel, ts = place
        room = self.people.room_for(user, channel)
        message = self.state.find(room.id, ts)
        if message is None or message.only_for not in ("", user):
            raise SlackError("message_not_found")
        action, value = self._action(message.all_blocks(), block_id, action_id, chosen)
        values = self.state.inputs.setdefault(("message", f"{room.id}:{ts}", user), {})
        if value is not None:
            values.setdefault(block_id, {})[action_id] = value
        path = self.workspace.response_urls.issue(
            "actions", self.state.team.id, room.id, user, message_ts=ts, thread_ts=message.thread_ts
        )
        container: Json = {
            "type": "message",
            "message_ts": ts,
            "channel_id": room.id,
            "is_ephemeral": bool(message.only_for),
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload: Json = {
            **self._head("block_actions", user),
            "trigger_id": self.workspace.triggers.issue(user),
            "container": container,
            "channel": {"id": room.id, "name": room.name or "directmessage"},
            "state": {"values": values},
            "response_url": self.state.base_url + path,
            "actions": [action],
        }
        if not message.only_for:
            payload["message"] = message_json(self.state, message)
        message.notice = ""
        reply = await self._ask("interactive", f"block_actions {action_id}", payload)
        if not reply.delivered:
            message.notice = "Sophia did not answer this click. Try again."
            self.state.touch(message)
        return reply

    async def act_on_view(self, user: str, view_id: str, block_id: str, action_id: str, chosen: Any = None) -> Reply:
        """Click or choose in a modal or Home tab."""
        view = self._view(user, view_id)
        action, value = self._action(view.data["blocks"], block_id, action_id, chosen)
        if value is not None:
            view.values.setdefault(block_id, {})[action_id] = value
        payload: Json = {
            **self._head("block_actions", user),
            "trigger_id": self.workspace.triggers.issue(user, view_id),
            "container": {"type": "view", "view_id": view_id},
            "view": view_json(self.state, view),
            "actions": [action],
        }
        return await self._ask("interactive", f"block_actions {action_id}", payload)

    def _action(self, blocks: list[Json], block_id: str, action_id: str, chosen: Any) -> tuple[Json, Json | None]:
        found = find_element(blocks, block_id, action_id)
        if found is None:
            raise SlackError("action_not_found")
        _, element = found
        value = action_value(element, chosen)
        action: Json = {
            "type": element["type"],
            "block_id": block_id,
            "action_id": action_id,
            "action_ts": self.state.next_ts(),
        }
        if element["type"] in ("button", "icon_button", "workflow_button"):
            action["text"] = element["text"]
            action |= {key: element[key] for key in ("value", "style", "url") if key in element}
            return action, None
        if element["type"] in ("overflow", "feedback_buttons"):
            return action | value, None
        return action | value, {"type": element["type"], **value}

    # -- views ----------------------------------------------------------------------------------

    def _view(self, user: str, view_id: str) -> View:
        view = self.state.find_view(view_id)
        if view is None or view.user != user:
            raise SlackError("view_not_found")
        return view

    def remember(self, user: str, view_id: str, fields: Json) -> None:
        """Keep what is typed in a modal so far; `fields` by "block_id::action_id"."""
        view = self._view(user, view_id)
        for block, element in interactive(view.data["blocks"]):
            name = f"{block['block_id']}::{element['action_id']}"
            if name in fields:
                held = {"type": element["type"], **action_value(element, fields[name])}
                view.values.setdefault(block["block_id"], {})[element["action_id"]] = held

    async def submit(self, user: str, view_id: str, values: Json) -> dict[str, str]:
        """Submit the top modal with `values` by block and action id; returns errors by block id."""
        view = self._view(user, view_id)
        view.values, problems = check_inputs(view.data["blocks"], values)
        if problems:
            view.errors = problems
            self.workspace.bus.publish("modal", user=user)
            return problems
        payload: Json = {
            **self._head("view_submission", user),
            "trigger_id": self.workspace.triggers.issue(user, view_id),
            "view": view_json(self.state, view),
            "response_urls": [],
        }
        reply = await self._ask("interactive", f"view_submission {view.data.get('callback_id', '')}".strip(), payload)
        if not reply.delivered:
            view.errors = {"": "Sophia had some trouble connecting. Try again?"}
        else:
            view.errors = {}
            self._apply(user, view, reply.body)
        self.workspace.bus.publish("modal", user=user)
        return view.errors

    def _apply(self, user: str, view: View, body: Json) -> None:
        action = body.get("response_action")
        if action is None:
            self._pop(user, view)
        elif action == "errors":
            known = {str(block.get("block_id")) for block in view.data["blocks"]}
            errors: Json = body.get("errors") or {}
            view.errors = {str(k): str(v) for k, v in errors.items() if k in known}
            if not view.errors:
                view.errors = {"": "Sophia returned errors for fields that are not in this form."}
        elif action == "clear":
            clear_views(self.state, user)
        elif action in ("update", "push"):
            problems = view_problems(body.get("view"), "modal")
            if problems:
                view.errors = {"": f"Sophia answered with a form Slack cannot show: {problems[0]}"}
                return
            with_ids(self.state, body["view"]["blocks"])
            if action == "update":
                replace_view(self.state, view, body["view"])
            else:
                push_view(self.state, user, body["view"])
        else:
            view.errors = {"": "Sophia answered with something Slack does not understand."}

    def _pop(self, user: str, view: View) -> None:
        stack = self.state.modals.get(user, [])
        if stack and stack[-1] is view:
            close_top(self.state, user)

    async def close(self, user: str, view_id: str, *, everything: bool = False) -> None:
        """Close the modal (or the whole stack); the app hears of it when it asked to."""
        view = self._view(user, view_id)
        cleared = everything or bool(view.data.get("clear_on_close"))
        if cleared:
            clear_views(self.state, user)
        else:
            self._pop(user, view)
        if view.data.get("notify_on_close"):
            payload = {
                **self._head("view_closed", user),
                "view": view_json(self.state, view),
                "is_cleared": cleared,
            }
            await self._ask("interactive", "view_closed", payload)

    # -- commands and shortcuts -----------------------------------------------------------------

    async def slash(self, user: str, channel: str, line: str) -> Reply:
        """Type a slash command; raises `unknown_command` for one the app does not have."""
        room = self.people.room_for(user, channel)
        command, _, text = line.strip().partition(" ")
        if command not in {c.command for c in self.workspace.config.commands}:
            raise SlackError("unknown_command")
        person = self.state.people[user]
        path = self.workspace.response_urls.issue("commands", self.state.team.id, room.id, user)
        form: Json = {
            "token": self.workspace.config.verification_token,
            "team_id": self.state.team.id,
            "team_domain": self.state.team.domain,
            "channel_id": room.id,
            "channel_name": "directmessage" if room.kind == "im" else room.name,
            "user_id": user,
            "user_name": person.handle,
            "command": command,
            "text": self.people.encode(text.strip()),
            "api_app_id": self.state.team.app_id,
            "is_enterprise_install": "false",
            "response_url": self.state.base_url + path,
            "trigger_id": self.workspace.triggers.issue(user),
        }
        reply = await self._ask("slash_commands", command, form)
        if not reply.delivered:
            failure = "operation_timeout" if "timeout" in reply.reason else "dispatch_failed"
            self._slackbot(user, room.id, f"{command} failed with the error “{failure}”.")
        elif reply.body:
            place = self.workspace.response_urls.claim(path)
            try:
                answer(self.workspace, place, reply.body)
            except SlackError as refusal:
                self._slackbot(user, room.id, f"{command} failed with the error “{refusal.code}”.")
        return reply

    async def shortcut(self, user: str, callback_id: str, *, channel: str = "", ts: str = "") -> Reply:
        """Use a global shortcut, or with `ts` a message shortcut."""
        if callback_id not in {s.callback_id for s in self.workspace.config.shortcuts}:
            raise SlackError("unknown_shortcut")
        payload: Json = {
            **self._head("message_action" if ts else "shortcut", user),
            "callback_id": callback_id,
            "trigger_id": self.workspace.triggers.issue(user),
            "action_ts": self.state.next_ts(),
        }
        if ts:
            room = self.people.room_for(user, channel)
            message = self.state.find(room.id, ts)
            if message is None:
                raise SlackError("message_not_found")
            path = self.workspace.response_urls.issue("actions", self.state.team.id, room.id, user, message_ts=ts)
            payload |= {
                "channel": {"id": room.id, "name": room.name or "directmessage"},
                "message_ts": ts,
                "message": message_json(self.state, message),
                "response_url": self.state.base_url + path,
            }
        return await self._ask("interactive", f"shortcut {callback_id}", payload)

    # -- both -----------------------------------------------------------------------------------

    def _head(self, kind: str, user: str) -> Json:
        team, person = self.state.team, self.state.people[user]
        return {
            "type": kind,
            "user": {"id": user, "username": person.handle, "name": person.handle, "team_id": team.id},
            "api_app_id": team.app_id,
            "token": self.workspace.config.verification_token,
            "team": {"id": team.id, "domain": team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    async def _ask(self, kind: ParcelKind, name: str, payload: Json) -> Reply:
        return await self.workspace.courier.ask(Parcel(kind, name, payload))

    def _slackbot(self, user: str, channel: str, text: str) -> None:
        """A line of Slack itself, for this person only."""
        self.state.add(
            Message(
                channel=channel,
                ts=self.state.next_ts(),
                user="USLACKBOT",
                text=text,
                only_for=user,
                username="Slackbot",
            )
        )

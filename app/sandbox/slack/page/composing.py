"""The composer: what was typed becomes a message, a slash command or a word from Slackbot."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData, UploadFile

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.interacting import Interacting
from app.sandbox.slack.messages import Message
from app.sandbox.slack.page import feed
from app.sandbox.slack.page.background import Background
from app.sandbox.slack.page.screens import Screens

MOST_FILE_BYTES = 50_000_000


class Composing:
    """Takes one composer's form and gives back a fresh composer."""

    def __init__(self, interacting: Interacting, screens: Screens, background: Background) -> None:
        self.interacting = interacting
        self.people, self.state = interacting.people, interacting.state
        self.screens, self.background = screens, background

    async def take(self, user: str, form: FormData) -> str:
        """Send what was typed; returns the HTML of the next, empty composer."""
        channel, thread_ts = field(form, "channel"), field(form, "thread_ts")
        text = field(form, "text").replace("\r\n", "\n")
        uploads = [f for f in form.getlist("files") if isinstance(f, UploadFile) and f.filename]
        try:
            if text.startswith("/") and not uploads:
                self._command(user, channel, text)
            elif text.strip() or uploads:
                thread_ts = await self._message(user, channel, text, thread_ts, uploads)
        except SlackError as refusal:
            self._told(user, channel, f"That message was not sent ({refusal.code}).")
        return self._fresh(user, channel, thread_ts, panel=bool(field(form, "panel")))

    async def _message(self, user: str, channel: str, text: str, thread_ts: str, uploads: list[UploadFile]) -> str:
        files: list[str] = []
        for upload in uploads:
            content = await upload.read()
            files.append(self.people.upload(user, upload.filename or "", content, upload.content_type or "").id)
        message = self.people.say(user, channel, text, thread_ts=thread_ts, files=tuple(files))
        return message.thread_ts or message.ts

    def _command(self, user: str, channel: str, text: str) -> None:
        command, _, rest = text.strip().partition(" ")
        if command == "/invite" and rest.strip().lower() == f"@{self.state.team.app_name.lower()}":
            self.people.invite_app(user, channel)
        elif command in {c.command for c in self.interacting.workspace.config.commands}:
            self.background.start(self.interacting.slash(user, channel, text))
        else:
            self._told(user, channel, f"{command} is not a valid command.")

    def _told(self, user: str, channel: str, text: str) -> None:
        """A line from Slackbot that only this person sees."""
        line = Message(channel, self.state.next_ts(), "USLACKBOT", text=text, only_for=user, username="Slackbot")
        self.state.add(line)

    def _fresh(self, user: str, channel: str, thread_ts: str, *, panel: bool) -> str:
        room = self.people.room_for(user, channel)
        in_app = feed.is_app_dm(self.state, room)
        return self.screens.render(
            "composer.html",
            self.state.people[user],
            room=room,
            title=self.screens.room_title(room),
            in_app=in_app,
            following=self.state.find(room.id, thread_ts) if in_app and thread_ts and not panel else None,
            thread_ts=thread_ts if panel else "",
            composer_thread="",
            panel=panel,
            fresh=True,
        )


def field(form: FormData, name: str) -> str:
    """A text field of a form, "" when it is missing or a file."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def composing_router(composing: Composing) -> APIRouter:
    """`POST /as/{user}/say`."""
    router = APIRouter(prefix="/as/{user}")

    @router.post("/say")
    async def say(user: str, request: Request) -> Response:
        async with request.form(max_part_size=MOST_FILE_BYTES) as form:
            return HTMLResponse(await composing.take(user, form))

    return router

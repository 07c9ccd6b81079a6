"""Files both ways: the three-step upload, sharing, and downloads that need the token."""

import httpx
from slack_sdk.web.async_client import AsyncWebClient

from app.sandbox.slack.client import SlackDriver
from app.sandbox.slack.running import LocalSlack
from tests.sandbox.slack.conftest import JEN, JEN_DM, refusal

CSV = b"unit,rent\n204,1640\n"


async def test_slack_sdks_upload_shares_the_file_in_the_thread(web: AsyncWebClient, people: SlackDriver) -> None:
    ts = await people.say("jen", "@Sophia", "as CSV please")
    done = await web.files_upload_v2(
        channel=JEN_DM,
        thread_ts=ts,
        filename="leases.csv",
        title="Leases",
        content=CSV.decode(),
        initial_comment="Here.",
    )
    assert done["files"][0]["title"] == "Leases"
    reply = await people.wait_for_reply("jen", "@Sophia", after=ts)
    assert (reply["text"], reply["thread_ts"], reply["files"][0]["name"]) == ("Here.", ts, "leases.csv")


async def test_a_download_needs_the_token_and_without_it_ends_at_the_sign_in_page(
    slack: LocalSlack, web: AsyncWebClient, people: SlackDriver
) -> None:
    await people.say("jen", "@Sophia", "look", files={"roll.csv": CSV})
    [message] = await people.messages("jen", "@Sophia")
    url = message["files"][0]["url_private_download"]
    async with httpx.AsyncClient(follow_redirects=True) as http:
        stranger = await http.get(url)
        app = await http.get(url, headers={"Authorization": f"Bearer {slack.config.bot_token}"})
    assert "Sign in" in stranger.text
    assert app.content == CSV
    info = await web.files_info(file=message["files"][0]["id"])
    assert (info["file"]["size"], info["file"]["filetype"]) == (len(CSV), "csv")


async def test_an_upload_of_the_wrong_length_is_not_kept(slack: LocalSlack, web: AsyncWebClient) -> None:
    ticket = await web.files_getUploadURLExternal(filename="a.txt", length=10)
    async with httpx.AsyncClient() as http:
        assert (await http.post(ticket["upload_url"], content=b"short")).status_code == 400
    body = await refusal(web.files_completeUploadExternal(files=[{"id": ticket["file_id"]}], channel_id=JEN_DM))
    assert body["error"] == "file_not_found"


async def test_the_old_upload_method_is_switched_off(web: AsyncWebClient) -> None:
    assert (await refusal(web.api_call("files.upload", data={"content": "x"})))["error"] == "method_deprecated"


async def test_a_person_opens_only_files_of_conversations_they_are_in(slack: LocalSlack, people: SlackDriver) -> None:
    await people.say("jen", "@Sophia", "private", files={"secret.txt": b"x"})
    [message] = await people.messages("jen", "@Sophia")
    file_id = message["files"][0]["id"]
    async with httpx.AsyncClient(base_url=slack.url) as http:
        assert (await http.get(f"/as/{JEN}/files/{file_id}")).status_code == 200
        assert (await http.get(f"/as/U07MIKE001/files/{file_id}")).status_code == 404


async def test_a_file_is_never_served_as_a_page(slack: LocalSlack, people: SlackDriver) -> None:
    await people.say("jen", "@Sophia", "x", files={"evil.html": b"<script>alert(1)</script>", "evil.svg": b"<svg/>"})
    [message] = await people.messages("jen", "@Sophia")
    async with httpx.AsyncClient(base_url=slack.url) as http:
        for shared in message["files"]:
            answer = await http.get(f"/as/{JEN}/files/{shared['id']}")
            assert answer.headers["content-type"] == "application/octet-stream"
            assert answer.headers["content-disposition"].startswith("attachment")
            assert answer.headers["x-content-type-options"] == "nosniff"

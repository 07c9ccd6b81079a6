"""E-mail and call transcripts keep who said what, and when."""

from __future__ import annotations

from datetime import UTC, datetime

from app.knowledge.reading.base import Block, Material, Section
from app.knowledge.reading.registry import reader_of

MAIL = b"""From: Dana <dana@hearth.example>
To: Leasing <leasing@hearth.example>
Subject: =?utf-8?q?Pets_=E2=80=93_new_rule?=
Date: Tue, 03 Feb 2026 10:00:00 -0600
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: text/plain; charset=utf-8

From today there is no pet deposit.

On Mon, Feb 2, 2026 at 9:00 AM Sam <sam@hearth.example> wrote:
> Do we still take the deposit?
--B
Content-Type: application/pdf; name=policy.pdf
Content-Disposition: attachment; filename=policy.pdf
Content-Transfer-Encoding: base64

JVBERi0=
--B--
"""


def sections(name: str, content: bytes) -> list[Section]:
    material = Material(name, content)
    return list(reader_of(material).sections(material))


def test_a_message_is_read_with_its_history_apart_and_its_attachments_by_name() -> None:
    head, written, history = sections("message", MAIL)
    assert head.blocks[0].text == (
        "From: Dana <dana@hearth.example>\nTo: Leasing <leasing@hearth.example>\n"
        "Date: Tue, 03 Feb 2026 10:00:00 -0600\nAttachments: policy.pdf"
    )
    assert written == Section(("Pets – new rule",), (Block("From today there is no pet deposit."),))
    assert history.trail == ("Pets – new rule", "Earlier messages")
    assert "Do we still take the deposit?" in history.blocks[-1].text
    about = reader_of(Material("m", MAIL)).about(Material("m", MAIL))
    assert about.dated == datetime(2026, 2, 3, 16, tzinfo=UTC)


def test_answers_between_quoted_lines_stay_with_what_they_answer() -> None:
    mail = b"From: a@b.example\nSubject: Re: pool\n\n> When does it open?\nAt nine.\n> And close?\nAt nine.\n"
    assert [one.trail for one in sections("re.eml", mail)] == [("Re: pool",), ("Re: pool",)]


def test_a_message_in_an_unknown_charset_is_read_all_the_same() -> None:
    mail = b"From: a@b.example\nSubject: Hi\nContent-Type: text/plain; charset=x-unheard-of\n\nHello there\n"
    assert sections("hi.eml", mail)[1].blocks == (Block("Hello there"),)


def test_a_transcript_is_known_by_its_lines_and_cut_into_minutes() -> None:
    lines = [f"[{minute:02}:15] {who}: words of minute {minute}" for minute in range(7) for who in ("Dana", "Sam")]
    found = sections("call.txt", "\n".join(lines).encode())
    assert [one.trail for one in found] == [("from 00:15",), ("from 03:15",), ("from 06:15",)]
    assert found[0].blocks[:2] == (
        Block("[00:15] Dana: words of minute 0", anchor="#t=15"),
        Block("[00:15] Sam: words of minute 0", anchor="#t=15"),
    )


def test_subtitles_name_the_speaker_of_each_cue() -> None:
    vtt = (
        b"WEBVTT\n\n1\n00:00:05.000 --> 00:00:07.000\n<v Dana>We allow two cats.</v>\n\n"
        b"01:00:08.000 --> 01:00:09.500\nSam: And dogs?\n"
    )
    first, second = sections("call.vtt", vtt)
    assert first.blocks == (Block("[00:05] Dana: We allow two cats.", anchor="#t=5"),)
    assert second.blocks == (Block("[1:00:08] Sam: And dogs?", anchor="#t=3608"),)

"""What the page makes of Slack's formats: right HTML for good text, harmless HTML for hostile text."""

import re

import pytest
from markupsafe import Markup

from app.sandbox.slack.page.render.charts import chart, number, ticks
from app.sandbox.slack.page.render.markdown import markdown
from app.sandbox.slack.page.render.mrkdwn import mrkdwn
from app.sandbox.slack.page.render.names import Names
from app.sandbox.slack.page.render.rich_text import rich_text
from tests.sandbox.slack.samples import line_chart

NAMES = Names(user=lambda u: {"U1": "Jen Park"}.get(u, u), channel=lambda c: "leasing", reader="U1")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~no~ `code`", "<b>bold</b> <i>it</i> <s>no</s> <code>code</code>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("*a _b_*", "<b>a <i>b</i></b>"),
        ("<@U1> in <#C1|ops>", '<span class="mention me">@Jen Park</span> in <span class="mention">#ops</span>'),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("a\nb", "a<br>b"),
        ("> quoted\nnot", "<blockquote>quoted</blockquote>not"),
        ("```x <y>```", "<pre>x &lt;y&gt;</pre>"),
        (":tada:", '<span class="emoji" title=":tada:">🎉</span>'),
        (":no_such_emoji:", '<span class="emoji" title=":no_such_emoji:">:no_such_emoji:</span>'),
        ("<!date^1767225600^{date_num}|then>", "2025-12-31"),
        (
            "<https://example.com/?a=1&amp;b=2|the *report*>",
            '<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">'
            "the *report*</a>",
        ),
    ],
)
def test_mrkdwn_reads_as_in_slack(text: str, html: str) -> None:
    assert str(mrkdwn(text, NAMES)) == html


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<javascript:alert(1)|click>",
    "<data:text/html,<script>alert(1)</script>|x>",
    '<https://x.example/"onmouseover="alert(1)|x>',
    "<https://x.example|<img src=x onerror=alert(1)>>",
    "*<svg onload=alert(1)>*",
    "`</code><script>alert(1)</script>`",
    "```</pre><script>alert(1)</script>```",
    "> </blockquote><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "![x](javascript:alert(1))",
    '[x](https://a.example "><script>alert(1)</script>")',
    "<a href='javascript:alert(1)'>x</a>",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "<@U1><script>alert(1)</script>",
    ':tada:" onmouseover="alert(1)',
    "<!date^1^{date}^javascript:alert(1)|<script>alert(1)</script>>",
]
ALLOWED = re.compile(
    r"</?(b|i|s|u|code|pre|br|blockquote|p|div|span|a|ul|ol|li|table|thead|tbody|tr|th|td|h[1-6]|em|strong|del|hr)"
    r'(\s(class|title|href|target|rel|style|start)="[^"<>]*")*\s?/?>'
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("render", [mrkdwn, markdown])
def test_hostile_text_becomes_no_tag_no_attribute_and_no_script_link(render: object, text: str) -> None:
    html = str(render(text, NAMES))  # type: ignore[operator]
    rest = ALLOWED.sub("", html)
    assert "<" not in rest, html
    assert not re.search(r'href="\s*(javascript|data|vbscript):', html, re.IGNORECASE)
    assert not re.search(r"<[^>]*\son\w+=", html)


def test_hostile_rich_text_stays_text() -> None:
    leaves = [
        {"type": "text", "text": "<script>"},
        {"type": "link", "url": "javascript:alert(1)", "text": "x"},
        {"type": "color", "value": '"><script>'},
    ]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": leaves}]}
    html = str(rich_text(block, NAMES))
    assert "<script" not in html
    assert "href" not in html


@pytest.mark.timeout(60)
def test_a_text_made_to_be_slow_is_rendered() -> None:
    for text in ("*a " * 13_000, "_" * 40_000, "<" * 40_000, "`" * 40_000, "> " * 20_000, "~a*b_" * 8_000):
        mrkdwn(text, NAMES)


def test_markdown_tables_are_tables_in_blocks_and_plain_text_in_streams() -> None:
    source = "| a | b |\n|---|---:|\n| 1 | 2 |"
    assert "<table" in markdown(source, NAMES)
    assert "<table" not in markdown(source, NAMES, tables=False)


def test_a_chart_shows_every_value_and_escapes_its_labels() -> None:
    block = line_chart(1, 3, "<b>")
    block["chart"]["series"][0]["name"] = "<script>"
    svg = chart(block)
    assert isinstance(svg, Markup)
    assert svg.count("<circle") == 3
    assert "<script" not in svg
    assert "<b>" not in svg


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 31, [0, 10, 20, 30, 40]), (91.4, 94.6, [91, 92, 93, 94, 95]), (0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1])],
)
def test_axis_marks_are_round_numbers(low: float, high: float, expected: list[float]) -> None:
    assert [round(t, 6) for t in ticks(low, high)] == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1_250_000, "1.25M"),
        (150_000, "150K"),
        (48_210, "48.2K"),
        (1842, "1,842"),
        (0.25, "0.25"),
        (94.2, "94.2"),
        (0, "0"),
    ],
)
def test_numbers_on_an_axis_are_short(value: float, shown: str) -> None:
    assert number(value) == shown

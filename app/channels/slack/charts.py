"""A Chart as a Slack `data_visualization` block.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
"""

from __future__ import annotations

import math
from typing import Any

from app.channels.slack.limits import CHART_CATEGORIES, CHART_LABEL, CHART_SERIES, CHART_TITLE
from app.channels.text import shorten
from app.domain.answer import Chart

Block = dict[str, Any]
_UNITS = {"$": "Dollars", "%": "Percent"}
OTHERS = "Other"


def chart_block(chart: Chart) -> Block | None:
    """The block, clamped to what Slack shows; None for a chart without a single finite value."""
    made = _pie(chart) if chart.kind == "pie" else _axes(chart)
    return (
        None
        if made is None
        else {"type": "data_visualization", "title": shorten(chart.title, CHART_TITLE), "chart": made}
    )


def _pie(chart: Chart) -> Block | None:
    """The largest slices; what is left over becomes one more slice, so that the whole stays the whole."""
    values = chart.series[0].values if chart.series else ()
    slices = [
        (label, value) for label, value in zip(chart.categories, values, strict=False) if _shows(value) and value > 0
    ]
    if not slices:
        return None
    if len(slices) > CHART_SERIES:
        slices.sort(key=lambda piece: -piece[1])
        kept = slices[: CHART_SERIES - 1]
        slices = [*kept, (OTHERS, sum(value for _, value in slices[CHART_SERIES - 1 :]))]
    labels = _labels([label for label, _ in slices])
    segments = [{"label": label, "value": value} for label, (_, value) in zip(labels, slices, strict=True)]
    return {"type": "pie", "segments": segments}


def _axes(chart: Chart) -> Block | None:
    """Bars keep the first categories, lines and areas the latest ones."""
    keep = slice(0, CHART_CATEGORIES) if chart.kind == "bar" else slice(-CHART_CATEGORIES, None)
    categories = _labels(list(chart.categories[keep]))
    names = _labels([series.name for series in chart.series[:CHART_SERIES]])
    series = [
        {
            "name": name,
            "data": [
                {"label": label, "value": value if _shows(value) else 0}
                for label, value in zip(categories, one.values[keep], strict=False)
            ],
        }
        for name, one in zip(names, chart.series, strict=False)
    ]
    if not categories or not any(_shows(value) for one in chart.series for value in one.values):
        return None
    axis: Block = {"categories": categories}
    if chart.unit:
        axis["y_label"] = _UNITS[chart.unit]
    return {"type": chart.kind, "series": series, "axis_config": axis}


def _shows(value: float) -> bool:
    return math.isfinite(value)


def _labels(names: list[str]) -> list[str]:
    """Short enough, never empty, and different from each other, as Slack wants them."""
    made: list[str] = []
    for name in names:
        label = shorten(name, CHART_LABEL) or "–"
        number = 2
        while label in made:
            suffix = f" {number}"
            label = shorten(name, CHART_LABEL - len(suffix)) + suffix
            number += 1
        made.append(label)
    return made

"""The `data_visualization` block (docs.slack.dev/reference/block-kit/blocks/data-visualization-block)."""

import math
from typing import Any

from app.sandbox.slack.blockkit.check import Check

SERIES = 6
CATEGORIES = 20
LABEL = 20


def chart_block(check: Check, body: dict[str, Any], pointer: str) -> None:
    """A title and one chart: pie by segments, bar, line and area by series over shared categories."""
    check.string(body["title"], f"{pointer}/title", 50)
    chart: Any = body["chart"]
    pointer = f"{pointer}/chart"
    kind = chart.get("type") if isinstance(chart, dict) else None
    if kind == "pie":
        pie = check.keys(chart, pointer, ("type", "segments"))
        if pie is not None:
            check.items(pie["segments"], f"{pointer}/segments", 1, SERIES, lambda v, p: _segment(check, v, p))
    elif kind in ("bar", "line", "area"):
        plot = check.keys(chart, pointer, ("type", "series", "axis_config"))
        if plot is not None:
            _plot(check, plot, pointer)
    else:
        check.fail("type must be one of: area, bar, line, pie", f"{pointer}/type")


def _segment(check: Check, value: Any, pointer: str) -> None:
    body = check.keys(value, pointer, ("label", "value"))
    if body is not None:
        check.string(body["label"], f"{pointer}/label", LABEL)
        _amount(check, body["value"], f"{pointer}/value")
        if isinstance(body["value"], int | float) and body["value"] <= 0:
            check.fail("must be more than 0", f"{pointer}/value")


def _amount(check: Check, value: Any, pointer: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        check.fail("must be a number", pointer)


def _plot(check: Check, plot: dict[str, Any], pointer: str) -> None:
    axis = check.keys(plot["axis_config"], f"{pointer}/axis_config", ("categories",), ("x_label", "y_label"))
    if axis is None:
        return
    spot = f"{pointer}/axis_config"
    check.items(axis["categories"], f"{spot}/categories", 1, CATEGORIES, lambda v, p: check.string(v, p, LABEL))
    check.maybe_string(axis, "x_label", spot, 50)
    check.maybe_string(axis, "y_label", spot, 50)
    categories = axis["categories"] if isinstance(axis["categories"], list) else []
    if len({str(c) for c in categories}) < len(categories):
        check.fail("categories must be unique", f"{spot}/categories")
    check.items(plot["series"], f"{pointer}/series", 1, SERIES, lambda v, p: _series(check, v, p, categories))
    series = plot["series"] if isinstance(plot["series"], list) else []
    names = [(str(s.get("name")), f"{pointer}/series/{i}/name") for i, s in enumerate(series) if isinstance(s, dict)]
    check.unique(names, "name")


def _series(check: Check, value: Any, pointer: str, categories: list[Any]) -> None:
    body = check.keys(value, pointer, ("name", "data"))
    if body is None:
        return
    check.string(body["name"], f"{pointer}/name", LABEL)
    check.items(body["data"], f"{pointer}/data", 1, CATEGORIES, lambda v, p: _point(check, v, p))
    points = body["data"] if isinstance(body["data"], list) else []
    if [p.get("label") for p in points if isinstance(p, dict)] != categories:
        check.fail("labels must match axis_config.categories", f"{pointer}/data")


def _point(check: Check, value: Any, pointer: str) -> None:
    body = check.keys(value, pointer, ("label", "value"))
    if body is not None:
        check.string(body["label"], f"{pointer}/label", LABEL)
        _amount(check, body["value"], f"{pointer}/value")

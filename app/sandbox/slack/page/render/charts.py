"""`data_visualization` blocks as inline SVG: pie, bar, line and area, with axes, legend and legible numbers.

Colors come from the style sheet (`c0` … `c5`), so both themes work. Every shape has a tooltip, and the
page adds the same numbers as a table for screen readers.
"""

import math
from typing import Any

from markupsafe import Markup

WIDTH, HEIGHT = 600.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 60.0, 16.0, 18.0, 46.0
LETTER = 7.0
_NOTHING = Markup("")


def chart(block: dict[str, Any]) -> Markup:
    """The chart of a block as one SVG element."""
    data: dict[str, Any] = block["chart"]
    drawn = _pie(data) if data["type"] == "pie" else _plot(data)
    height = 240.0 if data["type"] == "pie" else HEIGHT
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _n(WIDTH), _n(height), f"{data['type']} chart: {block['title']}", drawn
    )


def number(value: float) -> str:
    """A number as people read it: 1,250 · 12.5K · 3.25M."""
    size = abs(value)
    for limit, mark in ((1e9, "B"), (1e6, "M"), (1e4, "K")):
        if size >= limit:
            scaled = value / (1e3 if mark == "K" else limit)
            decimals = 2 if abs(scaled) < 10 else 1 if abs(scaled) < 100 else 0
            shown = f"{scaled:.{decimals}f}"
            return (shown.rstrip("0").rstrip(".") if decimals else shown) + mark
    if size and size < 1:
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value:,.1f}".removesuffix(".0")


def exact(value: float) -> str:
    """A number with all that was given, thousands grouped."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4f}".rstrip("0").rstrip(".")


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round numbers from at or below `low` to at or above `high`."""
    if high <= low:
        high = low + 1
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [index * step for index in range(first, last + 1)]


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


# -- pie --------------------------------------------------------------------------------------------


def _pie(data: dict[str, Any]) -> Markup:
    segments: list[dict[str, Any]] = data["segments"]
    total = sum(float(s["value"]) for s in segments)
    middle_x, middle_y, radius = 130.0, 120.0, 100.0
    parts: list[Markup] = []
    angle = -math.pi / 2
    for index, segment in enumerate(segments):
        share = float(segment["value"]) / total
        tip = f"{segment['label']}: {exact(segment['value'])} ({share:.1%})"
        shape = _slice(middle_x, middle_y, radius, angle, angle + share * 2 * math.pi, index)
        parts.append(Markup("<g>{}<title>{}</title></g>").format(shape, tip))
        if share >= 0.06:
            turn = angle + share * math.pi
            x, y = middle_x + radius * 0.66 * math.cos(turn), middle_y + radius * 0.66 * math.sin(turn)
            parts.append(_text(x, y + 4, f"{share:.0%}", "on-color", "middle"))
        angle += share * 2 * math.pi
    top = middle_y - len(segments) * 13 + 4
    for index, segment in enumerate(segments):
        y = top + index * 26
        share = float(segment["value"]) / total
        parts.append(_swatch(270, y + 3, index))
        parts.append(_text(288, y + 13, segment["label"], "legend", "start"))
        parts.append(_text(590, y + 13, f"{exact(segment['value'])}  ·  {share:.1%}", "amount", "end"))
    return Markup("").join(parts)


def _slice(x: float, y: float, radius: float, start: float, end: float, index: int) -> Markup:
    if end - start >= 2 * math.pi - 1e-6:
        return Markup('<circle cx="{}" cy="{}" r="{}" class="c{}"/>').format(_n(x), _n(y), _n(radius), index)
    path = (
        f"M{_n(x)} {_n(y)}L{x + radius * math.cos(start):.2f} {y + radius * math.sin(start):.2f}"
        f"A{_n(radius)} {_n(radius)} 0 {int(end - start > math.pi)} 1 "
        f"{x + radius * math.cos(end):.2f} {y + radius * math.sin(end):.2f}Z"
    )
    return Markup('<path d="{}" class="slice c{}"/>').format(path, index)


# -- bar, line, area --------------------------------------------------------------------------------


def _plot(data: dict[str, Any]) -> Markup:
    axis, series = data["axis_config"], data["series"]
    values = [float(point["value"]) for one in series for point in one["data"]]
    low, high = min(values), max(values)
    # Bars and areas stand on zero; a line may start higher when its values are close together.
    if data["type"] != "line" or low < 0 or low < 0.6 * high:
        low = min(low, 0.0)
    scale = ticks(low, max(high, 0.0 if low < 0 else high))
    bottom = HEIGHT - BOTTOM - (16 if axis.get("x_label") else 0) - (20 if len(series) > 1 else 0)

    def y_of(value: float) -> float:
        return bottom - (value - scale[0]) / (scale[-1] - scale[0]) * (bottom - TOP)

    frame = _frame(axis, scale, y_of, bottom)
    draw = {"bar": _bars, "line": _lines, "area": _areas}[data["type"]]
    legend = _legend(series) if len(series) > 1 else Markup("")
    return Markup("").join([frame, draw(series, y_of, max(scale[0], 0.0)), legend])


def _slot(count: int) -> float:
    return (WIDTH - LEFT - RIGHT) / count


def _frame(axis: dict[str, Any], scale: list[float], y_of: Any, bottom: float) -> Markup:
    parts: list[Markup] = []
    for value in scale:
        y = y_of(value)
        kind = "zero" if value == 0 else "rule"
        parts.append(
            Markup('<line x1="{}" x2="{}" y1="{}" y2="{}" class="{}"/>').format(
                _n(LEFT), _n(WIDTH - RIGHT), _n(y), _n(y), kind
            )
        )
        parts.append(_text(LEFT - 8, y + 4, number(value), "tick", "end"))
    categories: list[str] = axis["categories"]
    slot = _slot(len(categories))
    turned = max(len(c) for c in categories) * LETTER > slot
    for index, label in enumerate(categories):
        x = LEFT + slot * (index + 0.5)
        if turned:
            shown = label if len(label) <= 11 else label[:10] + "…"
            turn = Markup(' transform="rotate(-32 {} {})"').format(_n(x), _n(bottom + 16))
            parts.append(_text(x + 4, bottom + 16, shown, "tick", "end", turn))
        else:
            parts.append(_text(x, bottom + 18, label, "tick", "middle"))
    if axis.get("x_label"):
        parts.append(
            _text((LEFT + WIDTH - RIGHT) / 2, bottom + (50 if turned else 38), axis["x_label"], "axis", "middle")
        )
    if axis.get("y_label"):
        middle = (TOP + bottom) / 2
        turn = Markup(' transform="rotate(-90 14 {})"').format(_n(middle))
        parts.append(_text(14, middle, axis["y_label"], "axis", "middle", turn))
    return Markup("").join(parts)


def _bars(series: list[dict[str, Any]], y_of: Any, base: float) -> Markup:
    parts: list[Markup] = []
    count = len(series[0]["data"])
    slot = _slot(count)
    width = min(slot * 0.72 / len(series), 56.0)
    labelled = count * len(series) <= 12
    for s_index, one in enumerate(series):
        for index, point in enumerate(one["data"]):
            value = float(point["value"])
            x = LEFT + slot * (index + 0.5) + (s_index - len(series) / 2) * width
            top, foot = sorted((y_of(value), y_of(base)))
            tip = f"{point['label']} · {one['name']}: {exact(point['value'])}"
            parts.append(
                Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="2" class="c{}"><title>{}</title></rect>').format(
                    _n(x + 1), _n(top), _n(max(width - 2, 1)), _n(max(foot - top, 0.8)), s_index, tip
                )
            )
            if labelled:
                parts.append(_text(x + width / 2, top - 5, number(value), "value", "middle"))
    return Markup("").join(parts)


def _points(one: dict[str, Any], y_of: Any) -> list[tuple[float, float]]:
    slot = _slot(len(one["data"]))
    return [(LEFT + slot * (i + 0.5), y_of(float(p["value"]))) for i, p in enumerate(one["data"])]


def _lines(series: list[dict[str, Any]], y_of: Any, base: float) -> Markup:
    parts: list[Markup] = []
    for index, one in enumerate(series):
        points = _points(one, y_of)
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        parts.append(Markup('<polyline points="{}" class="line s{}"/>').format(path, index))
        for (x, y), point in zip(points, one["data"], strict=True):
            tip = f"{point['label']} · {one['name']}: {exact(point['value'])}"
            parts.append(
                Markup('<circle cx="{}" cy="{}" r="4" class="dot c{}"><title>{}</title></circle>').format(
                    _n(x), _n(y), index, tip
                )
            )
            if len(series) == 1 and len(points) <= 12:
                parts.append(_text(x, y - 9, number(float(point["value"])), "value", "middle"))
    return Markup("").join(parts)


def _areas(series: list[dict[str, Any]], y_of: Any, base: float) -> Markup:
    parts: list[Markup] = []
    for index, one in enumerate(series):
        points = _points(one, y_of)
        edge = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        floor = y_of(base)
        ends = f"{_n(points[-1][0])},{_n(floor)} {_n(points[0][0])},{_n(floor)}"
        parts.append(Markup('<polygon points="{} {}" class="area c{}"/>').format(edge, ends, index))
    return Markup("").join([*parts, _lines(series, y_of, base)])


def _legend(series: list[dict[str, Any]]) -> Markup:
    parts: list[Markup] = []
    widths = [len(one["name"]) * 7.2 + 34 for one in series]
    x = max((WIDTH - sum(widths)) / 2, 8.0)
    for index, (one, width) in enumerate(zip(series, widths, strict=True)):
        parts.append(_swatch(x, HEIGHT - 17, index))
        parts.append(_text(x + 16, HEIGHT - 7, one["name"], "legend", "start"))
        x += width
    return Markup("").join(parts)


def _swatch(x: float, y: float, index: int) -> Markup:
    return Markup('<rect x="{}" y="{}" width="11" height="11" rx="3" class="c{}"/>').format(_n(x), _n(y), index)


def _text(x: float, y: float, text: str, kind: str, anchor: str, extra: Markup = _NOTHING) -> Markup:
    return Markup('<text x="{}" y="{}" class="{}" text-anchor="{}"{}>{}</text>').format(
        _n(x), _n(y), kind, anchor, extra, text
    )

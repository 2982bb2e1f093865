"""Charts as pictures: SVG for the page, PNG for Word, both by vl-convert, without a browser or a network."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VEGA_LITE = "6.4"
"""The Vega-Lite version that the definitions are written for (that of altair 6)."""

_SIZE = re.compile(r'^<svg ([^>]*?)width="([\d.]+)" height="([\d.]+)"([^>]*)>')
_CJK_FILES = re.compile(
    r"cjk|notosanssc|notosanshans|sourcehan|wqy|msyh|simsun|simhei|simkai|dengxian|pingfang|hiragino|stheiti|songti|droidsansfallback"
    r"|uming|ukai|heiti",
    re.IGNORECASE,
)
_FONT_FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/System/Library/Fonts", "/Library/Fonts",
    "~/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip


def svg(spec: Mapping[str, Any], key: str, title: str, description: str) -> str:
    """An SVG element to stand inside a page: scales with its box, has a title and a description, ids of its own.

    Args:
        spec: Vega-Lite specification.
        key: prefix of the ids, unique on the page.
        title, description: what it shows, for those who do not see it.
    """
    import vl_convert

    text = vl_convert.vegalite_to_svg(dict(spec), vl_version=VEGA_LITE)
    match = _SIZE.match(text)
    if match is None:
        raise ValueError("the chart's SVG does not begin with its size")
    before, width, height, after = match.groups()
    body = text[match.end() :]
    # The converter numbers its ids over all charts it ever drew; on the page they are the chart's own.
    for number, name in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', body)), start=1):
        body = body.replace(f'id="{name}"', f'id="{key}-{number}"').replace(f"url(#{name})", f"url(#{key}-{number})")
    head = (
        f'<svg {before}{after} role="img" aria-labelledby="{key}-title {key}-desc" style="max-width:{float(width):.0f}px">'
        f'<title id="{key}-title">{html.escape(title)}</title><desc id="{key}-desc">{html.escape(description)}</desc>'
    )
    if "viewBox" not in head:
        head = head.replace("<svg ", f'<svg viewBox="0 0 {width} {height}" ', 1)
    return head + body


def png(spec: Mapping[str, Any], scale: float = 2.0) -> bytes:
    """A PNG picture at ``scale`` times its size in px."""
    import vl_convert

    return vl_convert.vegalite_to_png(dict(spec), vl_version=VEGA_LITE, scale=scale)


def has_chinese_font() -> bool:
    """Whether a font with Chinese characters is installed, judged by the usual file names in the usual folders."""
    for folder in _FONT_FOLDERS:
        path = Path(folder).expanduser()
        if path.is_dir() and any(_CJK_FILES.search(file.name) for file in path.rglob("*.[tToO][tT][fFcC]")):
            return True
    return False

"""Vendored files, static files, icons and colours."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from services.monitor.pages import bundles, status_style, template_filters


def test_vendored_files_are_the_ones_that_were_taken():
    [listed] = bundles.STATIC.glob("vendor/*/CHECKSUMS.txt")
    lines = [line.split() for line in listed.read_text().splitlines() if not line.startswith("#")]
    assert {name for _, name in lines} == {file.name for file in listed.parent.iterdir()} - {"CHECKSUMS.txt"}
    assert {name: hashlib.sha256((listed.parent / name).read_bytes()).hexdigest() for _, name in lines} == {
        name: told for told, name in lines
    }


def test_static_files_are_kept_by_their_version(ana):
    page = ana.get("/app/monitor").text
    for address in re.findall(r'(?:href|src)="(/static/(?:style.css|script.js|icons.svg)[^"#]+)', page):
        answer = ana.get(address)
        assert (answer.status_code, "immutable" in answer.headers["Cache-Control"]) == (200, True)
    assert ana.get("/static/../app.py").status_code == 404


def test_every_style_and_script_is_in_a_bundle_or_on_a_page_of_its_own():
    bundled = {part for bundle in bundles.BUNDLES.values() for part in bundle.parts}
    alone = {"guided.js"}
    files = {
        str(file.relative_to(bundles.STATIC)) for file in bundles.STATIC.rglob("*") if file.suffix in (".css", ".js")
    }
    assert bundled | alone == files
    assert bundles.BUNDLES["script.js"].content.count(b'"use strict"') >= 3


def test_every_icon_that_is_used_is_drawn():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (bundles.STATIC / "icons.svg").read_text()))
    templates = "".join(template.read_text() for template in template_filters.TEMPLATES.rglob("*.html"))
    used = set(re.findall(r'icon\("([^"]+)"', templates)) | {one.icon for one in status_style.STATUS_STYLES.values()}
    assert used <= drawn


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_text_colour_has_the_contrast_of_aa_on_its_ground_in_light_and_dark():
    tokens = (Path(bundles.STATIC) / "tokens.css").read_text()
    both = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", tokens)
    schemes = [{name: colours[scheme] for name, *colours in both} for scheme in (0, 1)]
    names = ("queued", "running", "waiting", "completed", "failed", "cancelled", "green", "blue", "purple", "orange")
    pairs = (
        [(name, f"{name}-tint") for name in names]
        + [(name, "surface") for name in names]
        + [
            (text, ground)
            for text in ("text", "text-soft", "text-faint", "link")
            for ground in ("page", "surface", "sunken", "hover")
        ]
        + [
            ("accent-text", "accent"),
            ("accent-text", "accent-hover"),
            ("danger-text", "danger"),
            ("link", "accent-tint"),
        ]
    )
    for scheme in schemes:
        for text, ground in pairs:
            low, high = sorted((luminance(scheme[text]), luminance(scheme[ground])))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground)

"""What the Content-Security-Policy would block, and what may not be missing beside vendored files."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
# No page: mail programs know no other styles than inline ones.
MAIL = ROOT / "templates/notifications/mail.html"
TEMPLATES = sorted({*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")} - {MAIL})
OWN_SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
OWN_SHEETS = sorted((ROOT / "static/css").glob("*.css"))
VENDORED = sorted(path for path in (ROOT / "static/vendor").iterdir() if path.is_dir())

BLOCKED_IN_HTML = re.compile(
    r"""\sstyle\s*=|<style\b|<script(?![^>]*\bsrc=)(?![^>]*type="application/json")|\son[a-z]+\s*=\s*["']|\shx-on|javascript:""",
    re.IGNORECASE,
)
BLOCKED_IN_SCRIPTS = re.compile(
    r"""style\s*=\s*["'\\]|setAttribute\(\s*["']style|\beval\(|new Function|innerHTML"""
)

LOADS_FROM_ELSEWHERE = re.compile(
    r"""(?:src=|<link[^>]*href=|url\(|import[^;]*from\s)["']?(?:https?:)?//[^"')\s]+"""
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_has_no_inline_style_or_script(path: Path) -> None:
    assert BLOCKED_IN_HTML.findall(path.read_text()) == []


@pytest.mark.parametrize("path", OWN_SCRIPTS, ids=name)
def test_a_script_writes_no_html_and_no_style_attribute(path: Path) -> None:
    assert BLOCKED_IN_SCRIPTS.findall(path.read_text()) == []


@pytest.mark.parametrize("path", [*TEMPLATES, *OWN_SCRIPTS, *OWN_SHEETS], ids=name)
def test_nothing_is_loaded_from_elsewhere(path: Path) -> None:
    assert LOADS_FROM_ELSEWHERE.findall(path.read_text()) == []


@pytest.mark.parametrize("folder", VENDORED, ids=name)
def test_a_vendored_part_has_its_licence_its_version_and_a_line_in_the_inventory(folder: Path) -> None:
    package, version = (folder / "VERSION").read_text().split()
    assert (folder / "LICENSE").stat().st_size > 200
    assert f"| {folder.name} | {package} {version} |" in (ROOT / "static/vendor/README.md").read_text()


def test_the_checks_see_what_they_forbid() -> None:
    assert BLOCKED_IN_HTML.search('<p class="a" style="color:red">')
    assert BLOCKED_IN_HTML.search("<script>alert(1)</script>")
    assert BLOCKED_IN_HTML.search('<a href="#" onclick="x()">')
    assert not BLOCKED_IN_HTML.search('<script type="module" src="/static/js/map.js">')
    assert LOADS_FROM_ELSEWHERE.search('<link rel="stylesheet" href="https://cdn.example/x.css">')
    assert BLOCKED_IN_SCRIPTS.search('node.innerHTML = "<b>"')

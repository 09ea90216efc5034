"""The house checks itself: sizes, clocks, silence, and that what is declared is documented and used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from billto.config import SETTINGS
from billto.domain.problems import CODES, Problem

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LINES_MAX = 400
FUNCTION_LINES_MAX = 60
# Who may ask what time it is; everybody else is told.
CLOCKS = ("cli.py", "wiring.py", "migrate.py", "limiting.py")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=named)
def test_no_file_is_longer_than_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_MAX


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_no_function_needs_scrolling(path: Path) -> None:
    lengths = {one.name: (one.end_lineno or 0) - one.lineno for one in functions(path)}
    assert {name: length for name, length in lengths.items() if length > FUNCTION_LINES_MAX} == {}


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_only_the_edges_ask_what_time_it_is(path: Path) -> None:
    asks = re.search(r"datetime\.now|time\.time\(|utcnow|date\.today", path.read_text(encoding="utf-8"))
    assert asks is None or path.name in CLOCKS


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_every_code_is_used_and_every_used_code_is_known() -> None:
    said = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    used = set(re.findall(r'(?:Problem|_refuse)\(\s*"([a-z_]+)"', said))
    assert used == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_makes_a_sentence(code: str) -> None:
    sentence = Problem(code, ("name",), "x").sentence
    assert sentence
    assert "{" not in sentence


def test_every_setting_is_documented_with_its_default() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    for one in SETTINGS:
        assert f"| `{one.variable}` | {one.default or '–'} | {one.says} |" in page


def test_every_decision_is_numbered_once() -> None:
    names = [path.name for path in sorted((ROOT / "docs/decisions").glob("*.md"))]
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_the_project_speaks_of_no_foreign_place() -> None:
    """Nothing is fetched from elsewhere when a page is shown."""
    for path in (ROOT / "src").rglob("*"):
        if path.suffix in (".html", ".js", ".css", ".py"):
            text = path.read_text(encoding="utf-8")
            assert re.search(r"https?://[^\s\"']*(cdn|unpkg|jsdelivr|googleapis)", text) is None

"""What drills may ask for: a way to tell their figures, which are shown at the end of the run."""

from collections.abc import Callable

import pytest

Tell = Callable[..., None]

_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """`tell(kills=6, lost=0)` is a line of the summary."""
    lines = request.config.stash.setdefault(_FIGURES, [])

    def one(**figures: object) -> None:
        said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
        lines.append(f"{request.node.name}: {said}")

    return one


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = config.stash.get(_FIGURES, [])
    if lines:
        terminalreporter.section("figures of the drills")
        for line in lines:
            terminalreporter.write_line(line)

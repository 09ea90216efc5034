"""Where the time of a request goes: cProfile over the requests that matter most."""

import cProfile
import pstats
from pathlib import Path

from bench.cases import OUTSIDE
from bench.client import serving
from bench.databases import Base

_TIMES, _LINES = 2_000, 35


async def printed(base: Base, home: Path) -> None:
    """The functions that cost most by themselves, for each case that is also measured over HTTP."""
    async with serving(base, home) as client:
        for case in OUTSIDE:
            run = client.asking(await case.asks(client, base.known))
            for number in range(100):
                await run(number)
            profile = cProfile.Profile()
            profile.enable()
            for number in range(_TIMES):
                await run(number)
            profile.disable()
            print(f"\n=== {base.engine}: {case.name}, {_TIMES:,} times")
            pstats.Stats(profile).sort_stats("tottime").print_stats(_LINES)

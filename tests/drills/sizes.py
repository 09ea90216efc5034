"""How large each drill is: in CI, and at the size that RELIABILITY.md asks for (DRILL=full)."""

import os
from typing import NamedTuple

# Not a BILLTO_ variable: those are the server's, and it says so when it does not know one.
VARIABLE = "DRILL"


class Size(NamedTuple):
    """One drill in two sizes; what is counted stands in the name."""

    ci: int
    full: int


SIZES = {
    "crash_kills": Size(6, 200),  # R1, for each database
    "post_kills": Size(6, 200),  # R14, for each database
    "powercut_histories": Size(4, 20),  # R2, each a database from its first byte on
    "powercut_cuts": Size(10, 20),  # for each history; each cut makes four images
    "database_faults": Size(6, 30),  # R3
    "hang_seconds": Size(11, 26),  # longer than Billto waits for a statement; longer than it may wait in all
    "full_disk_writes": Size(60, 300),  # R5, the n-th of which finds no space
    "full_disk_fills": Size(1, 5),
    "start_customers": Size(3_000, 100_000),  # R7
    "start_kills": Size(4, 20),
    "race_keys": Size(40, 40),  # R10
    "race_rounds": Size(3, 20),  # R12
    "money_rounds": Size(3, 40),
    "neighbour_customers": Size(4_000, 40_000),  # B8
    "revoked_keys": Size(3, 20),  # S4
}


def is_full() -> bool:
    return os.environ.get(VARIABLE) == "full"


def size(name: str) -> int:
    return SIZES[name].full if is_full() else SIZES[name].ci

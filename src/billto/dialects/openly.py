"""What goes with answers that a signed link opens: nobody keeps them, lists or passes on their address."""

from collections.abc import Mapping

OPENLY: Mapping[str, str] = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
}

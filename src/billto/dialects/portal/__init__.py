"""The customers' own door: a page that a signed link opens, for people and not for programs."""

from typing import NoReturn

from billto.dialects.dialect import Dialect, Failure, File, Where
from billto.dialects.openly import OPENLY
from billto.dialects.portal.pages import HTML, ROUTES, refusal
from billto.dialects.statuses import headers_of
from billto.domain.problems import Problem, Refused


def _failure(refused: Refused, _where: Where) -> Failure:
    page, policy = refusal(refused)
    headers = {**OPENLY, **headers_of(refused, "Bearer"), "Content-Security-Policy": policy}
    return Failure(refused.status, File("page.html", page, HTML), headers)


def _nothing(*_of: object) -> NoReturn:
    raise Refused(Problem("unknown_path"))


def _no_token(*_of: object) -> NoReturn:
    raise Refused(Problem("unauthorized"))


DIALECT = Dialect(
    name="portal",
    title="Billto (pages for customers)",
    prefix="/portal",
    routes=ROUTES,
    params=lambda _table: (),
    asked=_nothing,
    listing=_nothing,
    failure=_failure,
    token=_no_token,
    read_id=lambda _text: None,
)

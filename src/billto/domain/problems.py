"""All that can be wrong with a request, said once; each dialect spells it in its own form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: a key of CODES, where it is (names from the outside in), and what is needed instead."""

    code: str
    path: Path = ()
    detail: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong, for a person, without saying where."""
        return CODES[self.code].sentence.format(detail=self.detail)

    def within(self, *outer: str | int) -> "Problem":
        """The same fault seen from further outside."""
        return replace(self, path=(*outer, *self.path))


class Refused(Exception):
    """A request cannot be served; carries every problem found, not just the first.

    `retry_seconds` is set where the same request may succeed later.
    """

    def __init__(self, *problems: Problem, retry_seconds: int | None = None) -> None:
        self.problems = problems
        self.retry_seconds = retry_seconds
        super().__init__("; ".join(f"{'.'.join(map(str, p.path))}: {p.code}" for p in problems))

    @property
    def told(self) -> str:
        """What is wrong, for a person who has no answer to look at: in one line."""
        lines = (": ".join(filter(None, (".".join(map(str, p.path)), p.sentence))) for p in self.problems)
        return "; ".join(lines)

    @property
    def status(self) -> int:
        """The HTTP status of the gravest problem: the one that the first problem has."""
        return CODES[self.problems[0].code].status


class Code(NamedTuple):
    """What a code means to a program and to a person."""

    status: int
    sentence: str


CODES: Mapping[str, Code] = {
    # values
    "required": Code(422, "is required"),
    "not_null": Code(422, "must not be null"),
    "wrong_type": Code(422, "must be {detail}"),
    "too_long": Code(422, "must have at most {detail} characters"),
    "too_short": Code(422, "must have at least {detail} characters"),
    "unknown_key": Code(422, "is not known here; known are: {detail}"),
    "too_many": Code(422, "must have at most {detail} elements"),
    "out_of_range": Code(422, "must be {detail}"),
    "unknown_choice": Code(422, "must be one of: {detail}"),
    "invalid_format": Code(422, "does not have the required form ({detail})"),
    "invalid_text": Code(422, "must not contain NUL or half of a surrogate pair"),
    "unknown_placeholder": Code(422, "names placeholders that do not exist: {detail}"),
    "bad_cell": Code(422, "{detail}"),
    "unknown_country": Code(422, "is not a country that is known; give country_code"),
    "unknown_reference": Code(422, "names {detail}, which does not exist"),
    "own_ancestor": Code(422, "would make the customer its own ancestor"),
    "too_many_below": Code(422, "cannot be given to a customer with more than {detail} below it"),
    "immutable": Code(422, "cannot be changed after creation"),
    "immutable_assigned": Code(422, "cannot be changed once customers are assigned"),
    # documents and money
    "entity_disabled": Code(422, "the entity is disabled: it creates no documents"),
    "on_credit_hold": Code(
        422, "New invoices cannot be created for this account because it has a credit hold."
    ),
    "over_credit_limit": Code(422, "{detail}"),
    "too_many_taxes": Code(422, "has more taxes than a line may have in this country, which is {detail}"),
    "total_differs": Code(422, "is not the total of the document, which is {detail}"),
    "issued_already": Code(409, "is issued and stays as it is; it can be voided"),
    "still_draft": Code(409, "is a draft: it has to be issued first"),
    "voided": Code(409, "is voided"),
    "closed": Code(409, "is closed: nothing more is expected for it"),
    "settled_elsewhere": Code(409, "{detail}"),
    "exceeds_open": Code(422, "is more than is open ({detail})"),
    "exceeds_payment": Code(422, "is more than the payment has left ({detail})"),
    "credit_overspent": Code(422, "would overspend the credit balance ({detail} is left)"),
    "unknown_currency": Code(422, "is no currency that is known ({detail})"),
    "other_currency": Code(422, "is in another currency ({detail})"),
    "other_customer": Code(422, "belongs to another customer"),
    "not_payable": Code(422, "is no document that this can be applied to ({detail})"),
    "sent_already": Code(409, "was sent already"),
    "being_sent": Code(409, "is being sent at this moment"),
    "too_much_history": Code(422, "has more than {detail} entries in the ledger; ask for a shorter time"),
    # questions
    "bad_parameter": Code(400, "{detail}"),
    "unknown_field": Code(400, "is not a field that may be asked for; allowed are: {detail}"),
    "unknown_operator": Code(400, "is not an operator; allowed are: {detail}"),
    "bad_operand": Code(400, "needs {detail}"),
    "bad_cursor": Code(400, "is not a cursor of this list in this order"),
    # bodies and requests
    "malformed": Code(400, "{detail}"),
    "duplicate_key": Code(400, "stands in the object more than once"),
    "too_deep": Code(400, "nests deeper than {detail} levels"),
    "unsupported_media_type": Code(415, "must be {detail}"),
    "too_large": Code(413, "must have at most {detail} bytes"),
    "timed_out": Code(408, "did not arrive in time"),
    "unknown_path": Code(404, "there is nothing at this address"),
    "method_not_allowed": Code(405, "this address takes {detail}"),
    # who asks
    "unauthorized": Code(401, "a valid API key is needed"),
    "login_incomplete": Code(400, "username or email is required"),
    "login_failed": Code(401, "login failed"),
    "read_only_key": Code(403, "this key may only read"),
    "account_key_needed": Code(403, "this key belongs to one entity; a key of the account is needed"),
    "other_environment": Code(403, "this key is for the {detail} environment"),
    "entity_needed": Code(400, "several entities can be reached with this key; name one in {detail}"),
    "no_entity": Code(400, "there is no entity yet; create one first"),
    "rate_limited": Code(429, "Rate limit exceeded"),
    # records
    "not_found": Code(404, "{detail} not found"),
    "nothing_to_invoice": Code(400, "there are no pending line items to invoice"),
    "no_statement": Code(404, "there is nothing at this address"),
    "no_recipient": Code(400, "nobody to send it to: {detail} is needed"),
    "sandbox_only": Code(403, "is only for entities of the sandbox"),
    "clock_out_of_range": Code(
        422, "must be no earlier than the entity's clock shows, and at most {detail} from now"
    ),
    "too_many_runs": Code(409, "there are {detail} runs already, which is as many as an entity may have"),
    "run_under_way": Code(409, "a round is under way; wait for its end or cancel it first"),
    "round_over": Code(409, "is over already"),
    "nothing_overdue": Code(400, "nothing of this customer is overdue"),
    "not_offered": Code(400, "{detail}"),
    "not_in_trash": Code(409, "only what is in the trash can be deleted permanently"),
    "in_use": Code(409, "is still referred to by {detail}"),
    "taken": Code(409, "is in use already"),
    "unmatched": Code(404, "is that of no customer"),
    "ambiguous": Code(409, "is that of several customers"),
    "importing": Code(409, "the file is being imported by somebody else"),
    "same_customer": Code(409, "is this customer itself"),
    "in_trash": Code(409, "is in the trash; restore it first"),
    "merged": Code(409, "has become part of {detail}; name that one"),
    "changed_since": Code(412, "was changed since the version that If-Match names"),
    "key_ended": Code(409, "has expired or was revoked, and opens nothing again; create another key"),
    "key_reused": Code(409, "was used for another request already"),
    "key_in_flight": Code(409, "belongs to a request that is still being worked on"),
    # ourselves
    "too_many_today": Code(429, "no more than {detail} of an entity are taken on one day"),
    "no_secret_key": Code(
        503, "secrets cannot be kept here yet: whoever runs this has to set BILLTO_SECRET_KEY"
    ),
    "no_channel": Code(503, "no channel for messages is connected yet"),
    "too_slow": Code(503, "the question took longer than {detail} seconds; ask for less"),
    "unavailable": Code(503, "the database cannot be reached at the moment"),
    "no_schema": Code(503, "the database has no schema yet: run billto migrate"),
    "busy": Code(503, "too many requests are being worked on at the moment"),
    "out_of_space": Code(507, "there is no space left to store anything"),
    "internal": Code(500, "something went wrong on our side"),
}

"""Space Invoices: the addresses of connections, and what the reference says of them."""

from collections.abc import Mapping
from typing import Any

from billto.dialects.dialect import Does, Of, Route, Verb
from billto.dialects.reference import Form, Operation
from billto.dialects.schemas import Schema
from billto.dialects.spaceinvoices import connections
from billto.dialects.spaceinvoices.entities import ENTITY
from billto.domain.connection import PROVIDERS, SECRETS
from billto.domain.message import CHANNELS, EMAIL, LETTER, SMS

_ALL = "/entities/{id}/connections"


def _route(method: str, path: str, does: Does, verb: Verb, says: str, status: int = 200) -> Route:
    is_secret = method == "PUT"
    return Route(
        method, f"{_ALL}{path}", does, verb, ENTITY, says, Of.ACCOUNT, status, is_secret=is_secret
    )  # fmt: skip


_CALLED = {EMAIL: "e-mail", SMS: "text messages", LETTER: "letters"}
CONNECTION_ROUTES = (
    _route("GET", "", Does.ASK, connections.page, "List an entity's connections"),
    *(
        route
        for channel in CHANNELS
        for route in (
            _route("PUT", f"/{channel}", Does.DO, connections.put(channel),
                   f"Connect an entity for {_CALLED[channel]}"),
            _route("DELETE", f"/{channel}", Does.DO, connections.drop(channel),
                   f"Disconnect an entity for {_CALLED[channel]}", 204),
        )
    ),
)  # fmt: skip

_FIELDS = {
    "host": "The name of the mail server.",
    "port": "Its port; 587 unless it is given, or 465 with `tls` `on`.",
    "tls": "`starttls` unless it is given, `on` for TLS from the first byte, or `off`, without a password.",
    "user": "As whom to log in; nobody logs in without it.",
    "password": "With what to log in.",
    "from": "From whom messages are: an e-mail address, or a number, a short code or a name.",
    "account_sid": "The SID of the account at Twilio.",
    "auth_token": "Its auth token.",
    "messaging_service_sid": "The SID of a messaging service, which chooses the number; in place of `from`.",
    "api_key": "The secret key of the account at Lob.",
    "color": "Whether letters are printed in colour.",
    "use_type": "What Lob wants to know of letters; `operational` unless it is given.",
}
_KEPT = " Kept sealed and never shown; without it the one there is stays, for the same account."
_BODIES: Mapping[str, Any] = {
    EMAIL: {
        "host": "smtp.karst.example", "user": "billing", "password": "correct horse",
        "from": "billing@karst.example",
    },
    SMS: {"account_sid": "AC00000000000000000000000000000000", "auth_token": "t0ken", "from": "+15005550006"},
    LETTER: {"api_key": "test_0000", "color": False},
}  # fmt: skip


def _says(channel: str, name: str) -> str:
    return _FIELDS[name] + (_KEPT if name == SECRETS[channel] else "")


_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
CONNECTION_SCHEMAS: dict[str, Schema] = {
    **{
        f"{channel.title()}Connection": {
            "type": "object",
            "properties": {
                name: {**node.schema(), "description": _says(channel, name)}
                for name, node in connections.FORMS[channel].items()
            },
        }
        for channel in CHANNELS
    },
    "Connection": {
        "type": "object",
        "description": "By whom an entity's messages go by one channel.",
        "required": ["channel", "source", "provider", "settings", "has_secret", "updated_at"],
        "properties": {
            "channel": {"type": "string", "enum": list(CHANNELS), "description": "The channel."},
            "source": {
                "type": ["string", "null"], "enum": ["entity", "installation", None],
                "description": "Whose connection is used: the entity's own or that of the installation; "
                "null where there is neither, and nothing can be sent.",
            },
            "provider": {**_TEXT_OR_NULL, "description": "Of the entity's own: who carries its messages."},
            "settings": {
                "type": ["object", "null"], "description": "Of the entity's own: all that is no secret.",
            },
            "has_secret": {
                "type": "boolean", "description": "Whether a secret is kept for it. It is never shown.",
            },
            "updated_at": {**_TEXT_OR_NULL, "description": "When the entity's own last changed."},
        },
    },
    "ConnectionList": {
        "type": "object",
        "required": ["data"],
        "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Connection"}}},
    },
}  # fmt: skip


def _example(channel: str) -> Any:
    settings = {name: one for name, one in _BODIES[channel].items() if name != SECRETS[channel]}
    return {
        "channel": channel, "source": "entity", "provider": PROVIDERS[channel],
        "settings": settings, "has_secret": True, "updated_at": "2026-01-31T12:00:00.000Z",
    }  # fmt: skip


_LISTED = Form("ConnectionList", {"data": [_example(channel) for channel in CHANNELS]})


def _put(channel: str) -> Operation:
    return Operation(
        f"put{channel.title()}Connection",
        f"From the next one on the entity's {_CALLED[channel]} go by an account of its own, and no longer by "
        "the installation's. What is not given is as if it had never been, but for the secret.",
        ("required", "no_secret_key", "out_of_range"),
        takes=Form(f"{channel.title()}Connection", _BODIES[channel]),
        gives=Form("Connection", _example(channel)),
    )


def _drop(channel: str) -> Operation:
    says = "Its messages go by the installation's channel again, where there is one. Its secret is gone."
    return Operation(f"delete{channel.title()}Connection", says)


CONNECTION_OPERATIONS: Mapping[str, Operation] = {
    f"GET {_ALL}": Operation(
        "listConnections", "All channels, and by whom the entity's messages go by each.", gives=_LISTED
    ),
    **{f"PUT {_ALL}/{channel}": _put(channel) for channel in CHANNELS},
    **{f"DELETE {_ALL}/{channel}": _drop(channel) for channel in CHANNELS},
}

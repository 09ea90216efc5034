"""Invoiced: words that are kept under a name, for e-mails and text messages."""

from billto.app import catalog
from billto.dialects.invoiced.catalog import CODE, Goods
from billto.dialects.invoiced.codecs import TEXT, UNIX
from billto.dialects.invoiced.rows import BOTH, fixed
from billto.dialects.wire import REQ, RO, RW, Table, row
from billto.domain.stored_template import EmailTemplate, SmsTemplate

_COMMON = (
    row("created_at", "created_at", UNIX, RO,  *BOTH),
    row("id",         "code",       CODE, RW,  *BOTH),
    row("language",   "language",   TEXT, RW,  *BOTH),
)  # fmt: skip
_AND = (
    # Only names are understood: of loops and conditions nothing is evaluated.
    fixed("template_engine", "mustache"),
    row("type",       "kind",       TEXT, RW, *BOTH),
    row("updated_at", "updated_at", UNIX, RO, *BOTH),
)  # fmt: skip

EMAIL_TEMPLATE = Table(
    EmailTemplate,
    row("body", "body", TEXT, RW),
    *_COMMON,
    row("name", "name", TEXT, REQ, *BOTH),
    fixed("object", "email_template"),
    row("subject", "subject", TEXT, RW),
    *_AND,
    blank_is_null=True,
    null_is_default=True,
)

SMS_TEMPLATE = Table(
    SmsTemplate,
    *_COMMON,
    row("message", "message", TEXT, RW),
    row("name", "name", TEXT, REQ, *BOTH),
    fixed("object", "sms_template"),
    *_AND,
    blank_is_null=True,
    null_is_default=True,
)

EMAIL_TEMPLATES = Goods(EMAIL_TEMPLATE, catalog.EMAIL_TEMPLATES, "email_template_id")
SMS_TEMPLATES = Goods(SMS_TEMPLATE, catalog.SMS_TEMPLATES, "sms_template_id")

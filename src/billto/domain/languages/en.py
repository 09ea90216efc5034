"""English, also for whom Billto has no texts of their own language."""

from billto.domain.languages.language import Language

ENGLISH = Language(
    "en",
    email_defaults={
        "invoice_subject": "Invoice {document_number} from {entity_name}",
        "invoice_body": ("Please find invoice {document_number} attached.\nDue date: {document_due_date}."),
        "estimate_subject": "Estimate {document_number} from {entity_name}",
        "estimate_body": (
            "Please find estimate {document_number} attached.\nValid until: {document_valid_until}."
        ),
        "credit_note_subject": "Credit note {document_number} from {entity_name}",
        "credit_note_body": "Please find credit note {document_number} attached.",
        "advance_invoice_subject": "Advance invoice {document_number} from {entity_name}",
        "advance_invoice_body": "Please find advance invoice {document_number} attached.",
        "delivery_note_subject": "Delivery note {document_number} from {entity_name}",
        "delivery_note_body": "Please find delivery note {document_number} attached.",
    },
    overdue_subject="Payment reminder from {entity_name}",
    overdue_body=(
        "This is a reminder about overdue invoices from {entity_name}.\n\n"
        "{invoice_list}\n\n"
        "Please review the outstanding balance and arrange payment."
    ),
    statement_subject="Statement of account from {entity_name}",
    statement_body="Please find your statement of account attached.",
    statement_text="{entity_name}: your statement of account is ready. {portal_url}",
    chasing_subject="Your account with {entity_name}",
    chasing_body=(
        "Dear {customer_name},\n\n"
        "these invoices are open:\n\n"
        "{invoice_list}\n\n"
        "In all: {total_amount}.\n\n"
        "Please arrange payment. The statement is attached.\n\n"
        "{entity_name}"
    ),
    chasing_text="{entity_name}: {total_amount} is open on your account. Please arrange payment.",
)

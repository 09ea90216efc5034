"""German, in words that do for Germany, Austria and Switzerland."""

from billto.domain.languages.language import Language

GERMAN = Language(
    "de",
    email_defaults={
        "invoice_subject": "Rechnung {document_number} von {entity_name}",
        "invoice_body": (
            "Im Anhang finden Sie die Rechnung {document_number}.\nFällig am: {document_due_date}."
        ),
        "estimate_subject": "Angebot {document_number} von {entity_name}",
        "estimate_body": (
            "Im Anhang finden Sie das Angebot {document_number}.\nGültig bis: {document_valid_until}."
        ),
        "credit_note_subject": "Gutschrift {document_number} von {entity_name}",
        "credit_note_body": "Im Anhang finden Sie die Gutschrift {document_number}.",
        "advance_invoice_subject": "Anzahlungsrechnung {document_number} von {entity_name}",
        "advance_invoice_body": "Im Anhang finden Sie die Anzahlungsrechnung {document_number}.",
        "delivery_note_subject": "Lieferschein {document_number} von {entity_name}",
        "delivery_note_body": "Im Anhang finden Sie den Lieferschein {document_number}.",
    },
    overdue_subject="Zahlungserinnerung von {entity_name}",
    overdue_body=(
        "Wir möchten Sie an überfällige Rechnungen von {entity_name} erinnern.\n\n"
        "{invoice_list}\n\n"
        "Bitte prüfen Sie die offenen Beträge und veranlassen Sie die Zahlung."
    ),
    statement_subject="Kontoauszug von {entity_name}",
    statement_body="Im Anhang finden Sie Ihren Kontoauszug.",
    statement_text="{entity_name}: Ihr Kontoauszug liegt bereit. {portal_url}",
    chasing_subject="Ihr Konto bei {entity_name}",
    chasing_body=(
        "Guten Tag {customer_name},\n\n"
        "diese Rechnungen sind offen:\n\n"
        "{invoice_list}\n\n"
        "Insgesamt: {total_amount}.\n\n"
        "Bitte veranlassen Sie die Zahlung. Der Kontoauszug liegt bei.\n\n"
        "{entity_name}"
    ),
    chasing_text=(
        "{entity_name}: Auf Ihrem Konto sind {total_amount} offen. Bitte veranlassen Sie die Zahlung."
    ),
)

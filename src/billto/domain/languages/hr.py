"""Croatian."""

from billto.domain.languages.language import Language

CROATIAN = Language(
    "hr",
    email_defaults={
        "invoice_subject": "Račun {document_number} od {entity_name}",
        "invoice_body": (
            "U privitku vam šaljemo račun {document_number}.\nRok plaćanja: {document_due_date}."
        ),
        "estimate_subject": "Ponuda {document_number} od {entity_name}",
        "estimate_body": (
            "U privitku vam šaljemo ponudu {document_number}.\nVrijedi do: {document_valid_until}."
        ),
        "credit_note_subject": "Odobrenje {document_number} od {entity_name}",
        "credit_note_body": "U privitku vam šaljemo odobrenje {document_number}.",
        "advance_invoice_subject": "Račun za predujam {document_number} od {entity_name}",
        "advance_invoice_body": "U privitku vam šaljemo račun za predujam {document_number}.",
        "delivery_note_subject": "Otpremnica {document_number} od {entity_name}",
        "delivery_note_body": "U privitku vam šaljemo otpremnicu {document_number}.",
    },
    overdue_subject="Podsjetnik na plaćanje od {entity_name}",
    overdue_body=(
        "Ovo je podsjetnik na dospjele račune od {entity_name}.\n\n"
        "{invoice_list}\n\n"
        "Molimo provjerite otvorene obveze i podmirite dugovanje."
    ),
    statement_subject="Izvod stanja od {entity_name}",
    statement_body="U privitku vam šaljemo izvod vašeg stanja.",
    statement_text="{entity_name}: vaš izvod stanja je spreman. {portal_url}",
    chasing_subject="Vaš račun kod {entity_name}",
    chasing_body=(
        "Poštovani {customer_name},\n\n"
        "ovi su računi otvoreni:\n\n"
        "{invoice_list}\n\n"
        "Ukupno: {total_amount}.\n\n"
        "Molimo podmirite dugovanje. Izvod stanja je u privitku.\n\n"
        "{entity_name}"
    ),
    chasing_text="{entity_name}: otvoreno dugovanje iznosi {total_amount}. Molimo podmirite dugovanje.",
)

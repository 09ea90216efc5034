"""Slovenian."""

from billto.domain.languages.language import Language

SLOVENIAN = Language(
    "sl",
    email_defaults={
        "invoice_subject": "Račun {document_number} od {entity_name}",
        "invoice_body": (
            "V priponki vam pošiljamo račun {document_number}.\nRok plačila: {document_due_date}."
        ),
        "estimate_subject": "Predračun {document_number} od {entity_name}",
        "estimate_body": (
            "V priponki vam pošiljamo predračun {document_number}.\nVelja do: {document_valid_until}."
        ),
        "credit_note_subject": "Dobropis {document_number} od {entity_name}",
        "credit_note_body": "V priponki vam pošiljamo dobropis {document_number}.",
        "advance_invoice_subject": "Avansni račun {document_number} od {entity_name}",
        "advance_invoice_body": "V priponki vam pošiljamo avansni račun {document_number}.",
        "delivery_note_subject": "Dobavnica {document_number} od {entity_name}",
        "delivery_note_body": "V priponki vam pošiljamo dobavnico {document_number}.",
    },
    overdue_subject="Opomin za plačilo od {entity_name}",
    overdue_body=(
        "To je opomnik glede zapadlih računov od {entity_name}.\n\n"
        "{invoice_list}\n\n"
        "Prosimo, preverite odprte obveznosti in uredite plačilo."
    ),
    statement_subject="Izpisek stanja od {entity_name}",
    statement_body="V priponki vam pošiljamo izpisek vašega stanja.",
    statement_text="{entity_name}: vaš izpisek stanja je pripravljen. {portal_url}",
    chasing_subject="Vaše obveznosti do {entity_name}",
    chasing_body=(
        "Spoštovani {customer_name},\n\n"
        "ti računi so odprti:\n\n"
        "{invoice_list}\n\n"
        "Skupaj: {total_amount}.\n\n"
        "Prosimo, uredite plačilo. Izpisek stanja je v priponki.\n\n"
        "{entity_name}"
    ),
    chasing_text="{entity_name}: odprte obveznosti znašajo {total_amount}. Prosimo, uredite plačilo.",
)

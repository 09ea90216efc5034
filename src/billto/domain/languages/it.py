"""Italian."""

from billto.domain.languages.language import Language

ITALIAN = Language(
    "it",
    email_defaults={
        "invoice_subject": "Fattura {document_number} da {entity_name}",
        "invoice_body": ("In allegato trova la fattura {document_number}.\nScadenza: {document_due_date}."),
        "estimate_subject": "Preventivo {document_number} da {entity_name}",
        "estimate_body": (
            "In allegato trova il preventivo {document_number}.\nValido fino al: {document_valid_until}."
        ),
        "credit_note_subject": "Nota di credito {document_number} da {entity_name}",
        "credit_note_body": "In allegato trova la nota di credito {document_number}.",
        "advance_invoice_subject": "Fattura di acconto {document_number} da {entity_name}",
        "advance_invoice_body": "In allegato trova la fattura di acconto {document_number}.",
        "delivery_note_subject": "Documento di trasporto {document_number} da {entity_name}",
        "delivery_note_body": "In allegato trova il documento di trasporto {document_number}.",
    },
    overdue_subject="Sollecito di pagamento da {entity_name}",
    overdue_body=(
        "Le ricordiamo le fatture scadute di {entity_name}.\n\n"
        "{invoice_list}\n\n"
        "La preghiamo di verificare il saldo in sospeso e di provvedere al pagamento."
    ),
    statement_subject="Estratto conto di {entity_name}",
    statement_body="In allegato trova il Suo estratto conto.",
    statement_text="{entity_name}: il Suo estratto conto è disponibile. {portal_url}",
    chasing_subject="Il Suo conto presso {entity_name}",
    chasing_body=(
        "Gentile {customer_name},\n\n"
        "queste fatture sono aperte:\n\n"
        "{invoice_list}\n\n"
        "In tutto: {total_amount}.\n\n"
        "La preghiamo di provvedere al pagamento. In allegato trova l’estratto conto.\n\n"
        "{entity_name}"
    ),
    chasing_text=(
        "{entity_name}: sul Suo conto risultano aperti {total_amount}. "
        "La preghiamo di provvedere al pagamento."
    ),
)

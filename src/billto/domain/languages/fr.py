"""French."""

from billto.domain.languages.language import Language

FRENCH = Language(
    "fr",
    email_defaults={
        "invoice_subject": "Facture {document_number} de {entity_name}",
        "invoice_body": (
            "Veuillez trouver ci-joint la facture {document_number}.\nDate d’échéance : {document_due_date}."
        ),
        "estimate_subject": "Devis {document_number} de {entity_name}",
        "estimate_body": (
            "Veuillez trouver ci-joint le devis {document_number}.\n"
            "Valable jusqu’au : {document_valid_until}."
        ),
        "credit_note_subject": "Avoir {document_number} de {entity_name}",
        "credit_note_body": "Veuillez trouver ci-joint l’avoir {document_number}.",
        "advance_invoice_subject": "Facture d’acompte {document_number} de {entity_name}",
        "advance_invoice_body": "Veuillez trouver ci-joint la facture d’acompte {document_number}.",
        "delivery_note_subject": "Bon de livraison {document_number} de {entity_name}",
        "delivery_note_body": "Veuillez trouver ci-joint le bon de livraison {document_number}.",
    },
    overdue_subject="Rappel de paiement de {entity_name}",
    overdue_body=(
        "Nous vous rappelons les factures échues de {entity_name}.\n\n"
        "{invoice_list}\n\n"
        "Merci de vérifier le solde dû et de procéder au paiement."
    ),
    statement_subject="Relevé de compte de {entity_name}",
    statement_body="Veuillez trouver ci-joint votre relevé de compte.",
    statement_text="{entity_name} : votre relevé de compte est disponible. {portal_url}",
    chasing_subject="Votre compte chez {entity_name}",
    chasing_body=(
        "Bonjour {customer_name},\n\n"
        "ces factures sont ouvertes :\n\n"
        "{invoice_list}\n\n"
        "En tout : {total_amount}.\n\n"
        "Merci de procéder au paiement. Le relevé est joint.\n\n"
        "{entity_name}"
    ),
    chasing_text=(
        "{entity_name} : {total_amount} restent dus sur votre compte. Merci de procéder au paiement."
    ),
)

"""The words of the customers' pages that no paper has: a row for a word, a column for a language."""

from collections.abc import Mapping

from billto.papers.words import LANGUAGES, WORDS

_ROWS: Mapping[str, tuple[str, str, str, str, str, str]] = {
    "your_account": ("Your account", "Ihr Konto", "Vaš račun", "Vaš račun", "Il suo conto", "Votre compte"),
    "with_us": ("with {name}", "bei {name}", "pri {name}", "kod {name}", "presso {name}", "chez {name}"),
    "overdue": ("Overdue", "Überfällig", "Zapadlo", "Dospjelo", "Scaduto", "En retard"),
    "days_late": (
        "{days} days overdue", "{days} Tage überfällig", "{days} dni zamude", "{days} dana kašnjenja",
        "{days} giorni di ritardo", "{days} jours de retard",
    ),
    "day_late": (
        "1 day overdue", "1 Tag überfällig", "1 dan zamude", "1 dan kašnjenja", "1 giorno di ritardo",
        "1 jour de retard",
    ),
    "open_list": (
        "Open items", "Offene Posten", "Odprte postavke", "Otvorene stavke", "Partite aperte",
        "Factures ouvertes",
    ),
    "more_items": (
        "{count} more are in the statement.", "{count} weitere stehen im Auszug.",
        "Še {count} jih je v izpisku.", "Još {count} ih je u izvodu.",
        "Altre {count} sono nell’estratto conto.", "{count} autres figurent dans le relevé.",
    ),
    "download": ("Download", "Herunterladen", "Prenos", "Preuzimanje", "Scarica", "Télécharger"),
    "how_to_pay": (
        "How to pay", "So bezahlen Sie", "Kako plačati", "Kako platiti", "Come pagare", "Comment payer",
    ),
    "all_paid": (
        "Everything is paid. Thank you!", "Alles ist bezahlt. Vielen Dank!", "Vse je plačano. Hvala!",
        "Sve je plaćeno. Hvala!", "Tutto è pagato. Grazie!", "Tout est payé. Merci !",
    ),
    "gone": (
        "There is nothing at this address. Please ask whoever gave it to you for a new one.",
        "Unter dieser Adresse gibt es nichts. Bitten Sie den Absender um eine neue.",
        "Na tem naslovu ni ničesar. Pošiljatelja prosite za novega.",
        "Na ovoj adresi nema ničega. Zatražite novu od pošiljatelja.",
        "A questo indirizzo non c’è nulla. Ne chieda uno nuovo al mittente.",
        "Il n’y a rien à cette adresse. Demandez-en une nouvelle à l’expéditeur.",
    ),
    "trouble": (
        "This page cannot be shown at the moment.", "Diese Seite kann gerade nicht gezeigt werden.",
        "Te strani trenutno ni mogoče prikazati.", "Ova se stranica trenutačno ne može prikazati.",
        "Questa pagina al momento non può essere mostrata.",
        "Cette page ne peut pas être affichée pour le moment.",
    ),
}  # fmt: skip

PORTAL: Mapping[str, Mapping[str, str]] = {
    code: {**WORDS[code], **{name: row[at] for name, row in _ROWS.items()}}
    for at, code in enumerate(LANGUAGES)
}

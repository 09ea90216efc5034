"""Every word on paper, in the six languages: a row for a word, a column for a language."""

from collections.abc import Mapping

LANGUAGES = ("en", "de", "sl", "hr", "it", "fr")

_ROWS: Mapping[str, tuple[str, str, str, str, str, str]] = {
    # what it is
    "invoice": ("Invoice", "Rechnung", "Račun", "Račun", "Fattura", "Facture"),
    "advance_invoice": (
        "Advance invoice", "Anzahlungsrechnung", "Avansni račun", "Račun za predujam", "Fattura di acconto",
        "Facture d’acompte",
    ),
    "estimate": ("Estimate", "Angebot", "Predračun", "Ponuda", "Preventivo", "Devis"),
    "proforma_invoice": (
        "Pro forma invoice", "Proforma-Rechnung", "Predračun", "Predračun", "Fattura proforma",
        "Facture pro forma",
    ),
    "credit_note": ("Credit note", "Gutschrift", "Dobropis", "Odobrenje", "Nota di credito", "Avoir"),
    "delivery_note": (
        "Delivery note", "Lieferschein", "Dobavnica", "Otpremnica", "Documento di trasporto",
        "Bon de livraison",
    ),
    "opening_balance": (
        "Opening balance", "Anfangssaldo", "Začetno stanje", "Početno stanje", "Saldo iniziale",
        "Solde d’ouverture",
    ),
    "statement": (
        "Account statement", "Kontoauszug", "Izpisek prometa", "Izvod prometa", "Estratto conto",
        "Relevé de compte",
    ),
    "open_items": (
        "Statement of open items", "Offene Posten", "Izpisek odprtih postavk", "Izvod otvorenih stavaka",
        "Partite aperte", "Relevé des factures ouvertes",
    ),
    "draft": ("Draft", "Entwurf", "Osnutek", "Nacrt", "Bozza", "Brouillon"),
    "voided": ("Void", "Storniert", "Stornirano", "Stornirano", "Annullata", "Annulé"),
    # facts
    "date": ("Date", "Datum", "Datum", "Datum", "Data", "Date"),
    "number": ("Number", "Nummer", "Številka", "Broj", "Numero", "Numéro"),
    "due_date": ("Due date", "Fällig am", "Rok plačila", "Dospijeće", "Scadenza", "Échéance"),
    "service_date": (
        "Date of supply", "Leistungsdatum", "Datum opravljene storitve", "Datum isporuke",
        "Data della prestazione", "Date de prestation",
    ),
    "valid_until": (
        "Valid until", "Gültig bis", "Velja do", "Vrijedi do", "Valido fino al", "Valable jusqu’au",
    ),
    "reference": ("Reference", "Referenz", "Sklic", "Poziv na broj", "Riferimento", "Référence"),
    "purchase_order": (
        "Purchase order", "Bestellnummer", "Naročilnica", "Narudžbenica", "Ordine d’acquisto",
        "Bon de commande",
    ),
    "customer_number": (
        "Customer no.", "Kundennummer", "Št. stranke", "Br. kupca", "N. cliente", "N° client",
    ),
    "customer_tax_number": (
        "Customer tax no.", "USt-IdNr. des Kunden", "ID za DDV kupca", "OIB / PDV ID kupca", "P. IVA cliente",
        "N° TVA client",
    ),
    "period": ("Period", "Zeitraum", "Obdobje", "Razdoblje", "Periodo", "Période"),
    "as_of": ("As of", "Stand", "Stanje na dan", "Stanje na dan", "Alla data del", "Situation au"),
    "currency": ("Currency", "Währung", "Valuta", "Valuta", "Valuta", "Devise"),
    "tax_number": ("Tax no.", "USt-IdNr.", "ID za DDV", "OIB / PDV ID", "P. IVA", "N° TVA"),
    "tax_number_2": (
        "Tax no. 2", "Steuernummer", "Davčna številka", "Porezni broj", "Codice fiscale", "N° fiscal",
    ),
    "company_number": (
        "Company no.", "Registernummer", "Matična št.", "Matični broj", "N. registro imprese",
        "N° d’entreprise",
    ),
    "attention": ("Attn.", "z. Hd.", "v roke", "n/r", "c.a.", "À l’attention de"),
    # lines
    "description": ("Description", "Beschreibung", "Opis", "Opis", "Descrizione", "Désignation"),
    "quantity": ("Qty", "Menge", "Količina", "Količina", "Q.tà", "Qté"),
    "price": ("Price", "Preis", "Cena", "Cijena", "Prezzo", "Prix"),
    "gross_price": (
        "Price incl. tax", "Bruttopreis", "Cena z davkom", "Cijena s porezom", "Prezzo ivato", "Prix TTC",
    ),
    "with_tax": ("incl. tax", "inkl. USt.", "z davkom", "s porezom", "ivato", "TTC"),
    "net_amount": ("Net amount", "Nettobetrag", "Neto znesek", "Neto iznos", "Importo netto", "Montant HT"),
    "discount": ("Discount", "Rabatt", "Popust", "Popust", "Sconto", "Remise"),
    "vat": ("VAT", "USt.", "DDV", "PDV", "IVA", "TVA"),
    "tax": ("Tax", "Steuer", "Davek", "Porez", "Imposta", "Taxe"),
    "on_base": ("on {base}", "auf {base}", "od {base}", "na {base}", "su {base}", "sur {base}"),
    # totals
    "subtotal": ("Subtotal", "Zwischensumme", "Vmesni seštevek", "Međuzbroj", "Subtotale", "Sous-total"),
    "included_taxes": (
        "Included taxes", "Enthaltene Steuern", "Vključeni davki", "Uključeni porezi", "Imposte incluse",
        "Taxes incluses",
    ),
    "net_total": (
        "Net total", "Summe netto", "Skupaj brez davka", "Ukupno bez poreza", "Totale netto", "Total HT",
    ),
    "total": ("Total", "Gesamtbetrag", "Skupaj", "Ukupno", "Totale", "Total"),
    "already_paid": ("Paid", "Bezahlt", "Plačano", "Plaćeno", "Pagato", "Déjà réglé"),
    "written_off": ("Written off", "Ausgebucht", "Odpisano", "Otpisano", "Stralciato", "Passé en perte"),
    "balance_due": (
        "Balance due", "Offener Betrag", "Še za plačilo", "Preostalo za platiti", "Saldo dovuto",
        "Reste à payer",
    ),
    # texts
    "reverse_charge": (
        "Reverse charge: the tax is owed by the recipient.",
        "Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge).",
        "Obrnjena davčna obveznost: davek plača prejemnik (reverse charge).",
        "Prijenos porezne obveze: porez obračunava primatelj (reverse charge).",
        "Inversione contabile: imposta a carico del destinatario (reverse charge).",
        "Autoliquidation : taxe due par le preneur (reverse charge).",
    ),
    "reversed": (
        "Reverse charge", "Reverse Charge", "Obrnjena obveznost", "Prijenos obveze", "Inversione contabile",
        "Autoliquidation",
    ),
    "payment_terms": (
        "Payment terms", "Zahlungsbedingungen", "Plačilni pogoji", "Uvjeti plaćanja",
        "Condizioni di pagamento", "Conditions de paiement",
    ),
    "page": (
        "Page {page} of {pages}", "Seite {page} von {pages}", "Stran {page} od {pages}",
        "Stranica {page} od {pages}", "Pagina {page} di {pages}", "Page {page} sur {pages}",
    ),
    # payment
    "payment": ("Payment", "Zahlung", "Plačilo", "Plaćanje", "Pagamento", "Règlement"),
    "scan_to_pay": (
        "Scan to pay", "Zum Bezahlen scannen", "Skenirajte in plačajte", "Skenirajte i platite",
        "Inquadra e paga", "Scannez pour payer",
    ),
    "recipient": ("Recipient", "Empfänger", "Prejemnik", "Primatelj", "Beneficiario", "Bénéficiaire"),
    "bank": ("Bank", "Bank", "Banka", "Banka", "Banca", "Banque"),
    "account_number": ("Account no.", "Kontonummer", "Št. računa", "Br. računa", "N. conto", "N° de compte"),
    "routing_number": (
        "Routing no.", "Bankleitzahl", "Usmerjevalna št.", "Broj banke", "Codice banca", "Code banque",
    ),
    "sort_code": ("Sort code", "Sort Code", "Sort code", "Sort code", "Sort code", "Sort code"),
    "purpose": ("Purpose", "Verwendungszweck", "Namen", "Opis plaćanja", "Causale", "Motif"),
    "amount": ("Amount", "Betrag", "Znesek", "Iznos", "Importo", "Montant"),
    # statements
    "summary": ("Summary", "Zusammenfassung", "Povzetek", "Sažetak", "Riepilogo", "Récapitulatif"),
    "account": ("Account", "Konto", "Promet", "Promet", "Movimenti", "Mouvements"),
    "previous_balance": (
        "Previous balance", "Saldo vorher", "Prejšnje stanje", "Prethodno stanje", "Saldo precedente",
        "Solde précédent",
    ),
    "invoiced": ("Invoiced", "Berechnet", "Zaračunano", "Fakturirano", "Fatturato", "Facturé"),
    "paid": ("Paid", "Bezahlt", "Plačano", "Plaćeno", "Pagato", "Payé"),
    "adjusted": ("Adjusted", "Berichtigt", "Popravki", "Ispravci", "Rettifiche", "Ajusté"),
    "balance": ("Balance", "Saldo", "Stanje", "Saldo", "Saldo", "Solde"),
    "account_balance": (
        "Account balance", "Kontosaldo", "Stanje računa", "Stanje računa", "Saldo del conto",
        "Solde du compte",
    ),
    "credit": ("Credit", "Guthaben", "Dobroimetje", "Pretplata", "Credito", "Avoirs"),
    "previous_credit": (
        "Previous credit", "Guthaben vorher", "Prejšnje dobroimetje", "Prethodna pretplata",
        "Credito precedente", "Avoirs précédents",
    ),
    "credit_issued": ("Added", "Zugang", "Dodano", "Dodano", "Aggiunto", "Ajouté"),
    "credit_spent": ("Used", "Verbraucht", "Porabljeno", "Iskorišteno", "Utilizzato", "Utilisé"),
    "credit_available": (
        "Available credit", "Verfügbares Guthaben", "Razpoložljivo dobroimetje", "Raspoloživa pretplata",
        "Credito disponibile", "Avoirs disponibles",
    ),
    "net": (
        "Net balance", "Saldo nach Guthaben", "Stanje po dobroimetju", "Saldo nakon pretplate", "Saldo netto",
        "Solde net",
    ),
    "total_open": (
        "Total open", "Offen gesamt", "Skupaj odprto", "Ukupno otvoreno", "Totale aperto", "Total ouvert",
    ),
    "days_overdue": (
        "Days overdue", "Tage überfällig", "Dni zamude", "Dana kašnjenja", "Giorni di ritardo",
        "Jours de retard",
    ),
    "open_credits": (
        "Open credits", "Offene Guthaben", "Odprta dobroimetja", "Otvorene pretplate", "Crediti aperti",
        "Avoirs ouverts",
    ),
    "nothing_open": (
        "Nothing is open.", "Es ist nichts offen.", "Ni odprtih postavk.", "Nema otvorenih stavaka.",
        "Nessuna partita aperta.", "Aucune facture ouverte.",
    ),
    "nothing_happened": (
        "No activity in this period.", "Keine Bewegungen in diesem Zeitraum.",
        "V tem obdobju ni bilo prometa.", "U ovom razdoblju nije bilo prometa.",
        "Nessun movimento nel periodo.", "Aucun mouvement sur cette période.",
    ),
    "ageing": (
        "Ageing of open invoices", "Altersstruktur der offenen Rechnungen", "Zapadlost odprtih računov",
        "Starosna struktura otvorenih računa", "Scadenzario delle fatture aperte",
        "Balance âgée des factures ouvertes",
    ),
    "not_due": ("Not due", "Nicht fällig", "Nezapadlo", "Nedospjelo", "Non scaduto", "Non échu"),
    "days": ("{days} days", "{days} Tage", "{days} dni", "{days} dana", "{days} giorni", "{days} jours"),
}  # fmt: skip

# What an entry of the ledger is called, by its kind.
_KINDS: Mapping[str, tuple[str, str, str, str, str, str]] = {
    "issued": ("Invoice", "Rechnung", "Račun", "Račun", "Fattura", "Facture"),
    "voided": ("Voided", "Storno", "Storno", "Storno", "Annullamento", "Annulation"),
    "received": (
        "Payment received", "Zahlungseingang", "Prejeto plačilo", "Primljena uplata", "Pagamento ricevuto",
        "Paiement reçu",
    ),
    "payment_voided": (
        "Payment reversed", "Zahlung storniert", "Plačilo stornirano", "Uplata stornirana",
        "Pagamento stornato", "Paiement annulé",
    ),
    "applied": ("Payment", "Zahlung", "Plačilo", "Uplata", "Pagamento", "Paiement"),
    "unapplied": (
        "Payment undone", "Zahlung zurückgenommen", "Plačilo preklicano", "Uplata poništena",
        "Pagamento annullato", "Paiement retiré",
    ),
    "refunded": ("Refund", "Erstattung", "Vračilo", "Povrat", "Rimborso", "Remboursement"),
    "refund_voided": (
        "Refund reversed", "Erstattung storniert", "Vračilo stornirano", "Povrat storniran",
        "Rimborso stornato", "Remboursement annulé",
    ),
    "adjusted": ("Adjustment", "Berichtigung", "Popravek", "Ispravak", "Rettifica", "Ajustement"),
    "written_off": ("Written off", "Ausgebucht", "Odpis", "Otpis", "Stralcio", "Passé en perte"),
    "reopened": (
        "Reopened", "Wieder geöffnet", "Ponovno odprto", "Ponovno otvoreno", "Riaperta", "Réouverte",
    ),
    "advance_settled": (
        "Advance settled", "Anzahlung verrechnet", "Poračun avansa", "Obračun predujma", "Acconto scalato",
        "Acompte imputé",
    ),
    "advance_restored": (
        "Advance restored", "Anzahlung wieder offen", "Avans vrnjen", "Predujam vraćen",
        "Acconto ripristinato", "Acompte rétabli",
    ),
    # on the credit side, and by what settles
    "credit_applied": (
        "Credit applied", "Guthaben verrechnet", "Porabljeno dobroimetje", "Iskorištena pretplata",
        "Credito applicato", "Avoir imputé",
    ),
    "credit_restored": (
        "Credit restored", "Guthaben wieder frei", "Vrnjeno dobroimetje", "Vraćena pretplata",
        "Credito ripristinato", "Avoir rétabli",
    ),
    "credit_note": ("Credit note", "Gutschrift", "Dobropis", "Odobrenje", "Nota di credito", "Avoir"),
    "payment": ("Payment", "Zahlung", "Plačilo", "Uplata", "Pagamento", "Paiement"),
    "credit": (
        "Credit balance", "Guthaben", "Dobroimetje", "Pretplata", "Saldo a credito", "Solde créditeur",
    ),
    "invoice": ("Prepaid", "Vorausgezahlt", "Predplačilo", "Plaćeno unaprijed", "Prepagato", "Payé d’avance"),
}  # fmt: skip

WORDS: Mapping[str, Mapping[str, str]] = {
    code: {name: row[at] for name, row in _ROWS.items()} for at, code in enumerate(LANGUAGES)
}
KINDS: Mapping[str, Mapping[str, str]] = {
    code: {name: row[at] for name, row in _KINDS.items()} for at, code in enumerate(LANGUAGES)
}

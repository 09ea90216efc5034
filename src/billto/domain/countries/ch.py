"""Switzerland: one value added tax a line, as in the Union around it, of which it is no member."""

from billto.domain.countries.country import Country

SWITZERLAND = Country("CH", "Switzerland", "CHF", "de-CH", max_taxes_per_item=1, post_code_form="[0-9]{4}")

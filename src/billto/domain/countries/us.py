"""The United States: sales tax, stacked from state, county and city; nothing of Europe's."""

from billto.domain.countries.country import Country

UNITED_STATES = Country("US", "United States", "USD", "en-US", max_taxes_per_item=3, features=())

"""What is known of a bank account, whoever holds it: an entity in its settings, a customer."""

from collections.abc import Mapping

from billto.domain.nodes import Bool, Node, Text

# Beside the type, which entities may name as they like and customers may not.
ACCOUNT: Mapping[str, Node] = {
    "name": Text(most=255),
    "bank_name": Text(most=255),
    "iban": Text(most=50),
    "account_number": Text(most=50),
    "bic": Text(most=20),
    "routing_number": Text(most=50),
    "sort_code": Text(most=20),
    "is_default": Bool(),
}

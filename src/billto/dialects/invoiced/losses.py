"""Invoiced: what of a customer is not quite the same at the other doors."""

from collections.abc import Mapping

LOSES: Mapping[str, str] = {
    "country": "a code, kept in capitals. The free text at the native door and v1 becomes that country's "
    "name, unless it means the same country already.",
    "created_at": "whole seconds; what comes after them is cut off.",
    "email": "an empty text, here as in every field, is null.",
    "metadata": "texts only: numbers and truth become texts, null leaves a key out, and what v1 or faktoora"
    " keep otherwise is not shown.",
    "name": "first and last name, which faktoora shows, stay as they are when it changes.",
    "type": "whether somebody is an end consumer, as the native door and v1 show it, does not follow from "
    "it.",
    "updated_at": "whole seconds; what comes after them is cut off.",
}

"""Billto keeps whom you bill, for which of your companies, and what they owe."""

__version__ = "0.1.0"

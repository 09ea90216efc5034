"""What is printed: statements and documents as PDF. Data in, bytes out."""

from billto.papers.art import Art
from billto.papers.render import document_pdf, statement_pdf

__all__ = ["Art", "document_pdf", "statement_pdf"]

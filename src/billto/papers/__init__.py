"""What is printed: statements and documents as PDF. Data in, bytes out."""

from billto.papers.art import Art
from billto.papers.render import count, document_pdf, statement_pdf

__all__ = ["Art", "count", "document_pdf", "statement_pdf"]

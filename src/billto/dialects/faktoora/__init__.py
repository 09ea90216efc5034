"""faktoora."""

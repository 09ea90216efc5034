"""What runs beside the requests: it takes effects from the outbox and performs each once."""

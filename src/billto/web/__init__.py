"""The doors: the only folder that knows HTTP and the web framework."""

"""What can be done: one function per verb, each one transaction."""

"""What is true: records, rules and questions, with no I/O, no clock and no framework."""

"""What Billto costs, each figure beside the same statement run straight on the database."""

"""Lets `python -m billto` do what the `billto` command does."""

from billto.cli import main

if __name__ == "__main__":
    main()

"""``python -m newsletter`` is the same as ``rundbrev``."""

from newsletter.cli import main

if __name__ == "__main__":
    main()

"""`python -m hebbnet`: the same as the command `hebbnet`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())

"""``python -m nnframe.cli`` is the nnframe command."""

import sys

from nnframe.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""The application of a checkout: `flask --app app run` or any WSGI server; `./dougong` is the comfortable way."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "platform"))

from dougong.app import create_app

app = create_app()

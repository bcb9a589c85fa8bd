"""The application: settings, services, page, launch."""

import sys

from switchboard.errors import SwitchboardError
from switchboard.services import Services
from switchboard.settings import load_settings
from tabs import build, launch_options

if __name__ == "__main__":
    try:
        settings = load_settings(sys.argv[1:])
        build(Services(settings)).launch(**launch_options(settings))
    except (SwitchboardError, OSError) as exc:
        sys.exit(f"Switchboard did not start. {exc}")

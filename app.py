"""The application: settings, services, page, launch."""

from switchboard.services import Services
from switchboard.settings import Settings
from tabs import build, launch_options

if __name__ == "__main__":
    settings = Settings()
    build(Services(settings)).launch(**launch_options(settings))

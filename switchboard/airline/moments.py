"""Moments as the airline's tables hold them: texts in UTC, so that they sort and compare alike everywhere."""

from datetime import UTC, datetime


def moment(text: str) -> datetime:
    """The moment that a column holds, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def stored(moment: datetime) -> str:
    """A moment as a column holds it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")

"""What the books of the airline must keep in balance."""

from sqlalchemy import Connection, func, select

from switchboard.airline import schema


def seats_balance(connection: Connection) -> tuple[int, int]:
    """Seats sold and seats free over all flights: their sum never changes."""
    table = schema.inventory
    sold, seats = connection.execute(select(func.sum(table.c.sold), func.sum(table.c.seats))).one()
    return int(sold or 0), int((seats or 0) - (sold or 0))

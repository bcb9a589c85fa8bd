"""Larkspur Air's support desk: questions about fares, flights and bookings, answered from a database.

Files, from the bottom up::

    network.json      airports, routes, fares, seats and the demonstration customers
    demonstration.py  flights, bookings and sold seats around a day
    schema.sql        the tables
    world.py          the database, filled
    flights.py        what a flight is doing at a moment
    store.py          questions to the database
    places.py         what people call a city → the airport
    tools.py          what a model may call
    prompt.md         what a model is told
    desk.py           a customer's message → the events of an answer

Use ``AirlineDesk(database)`` from ``desk``.
"""

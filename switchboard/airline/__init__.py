"""Larkspur Air's support desk: fares, flights and bookings, looked up and changed in a database.

Files, from the bottom up::

    network.json         the airports, the published flights, the pairs that others fly, the customers
    airports.py          an airport
    flights.py           what a flight is doing at a moment
    records.py           customers, reservations, what is for sale
    actions.py           what can be changed, as values
    schema.py            the tables
    database.py          SQLite or PostgreSQL, safe to use from many threads
    bulk.py              many rows into a table at once
    moments.py           moments as the tables hold them
    view.py              questions to the tables, within one connection
    store.py             the database with its clock

    chance.py            numbers that look like chance
    network.py           the airports, flight numbers, lowest fares
    timetable.py         the flights of the days around today
    people.py            the invented customers
    demonstration.py     the reservations of all
    showcase.py          the reservations of those whom a visitor may sign in as
    world.py             the database, filled
    tau2_forms.py        the records in that benchmark's forms
    tau2.py              the τ²-bench world in the same tables

    refused.py           a refusal by a rule
    access.py            whose data may be seen
    itinerary.py         whether flights make a journey
    compensation.py      when a certificate may be given
    policy.py            the rules
    charges.py           what a reservation costs, and a change of it
    money.py             what payment methods pay and get back
    ids.py               codes of new reservations and certificates
    books.py             the rows that a change writes
    changes.py           what each kind of action changes
    ledger.py            each change whole and once
    undo.py              the change that takes another back
    cards.py             what a customer is shown of a change
    proposals.py         changes that wait for the customer's word

    places.py            what people call a city → the airport
    date_words.py        the English words for days
    dates.py             the day that people mean
    answers.py           what a tool returns
    profiles.py          what the tools tell of a customer
    search.py            direct flights, one stop, lowest fares
    calculator.py        arithmetic on a line of text
    session.py           one customer at the desk
    arguments.py         what a tool is given
    reading_tools.py     the tools that look up
    quick_tools.py       the short ways to book and to add bags
    changing_tools.py    the tools that propose a change
    wording.py           the words that ask for a tool without a model
    toolbox.py           all of them, bound to a customer

    prompt.md            what a model is told
    policy.md            the rules, as a model reads them
    notes.toml           what it is reminded of, by words in the message
    desk.py              a customer's message → the events of an answer

Use ``AirlineDesk(address)`` from ``desk``.
"""

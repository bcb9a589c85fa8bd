-- Larkspur Air. Dates are the local day of departure at the origin, moments are UTC, money is whole US dollars.

CREATE TABLE IF NOT EXISTS world (
    one INTEGER PRIMARY KEY CHECK (one = 1), made_for TEXT NOT NULL, edition TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS airport (
    code TEXT PRIMARY KEY CHECK (code GLOB '[A-Z][A-Z][A-Z]'),
    city TEXT NOT NULL UNIQUE, country TEXT NOT NULL, zone TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS airport_name (
    airport TEXT NOT NULL REFERENCES airport, name TEXT PRIMARY KEY
) STRICT;

CREATE TABLE IF NOT EXISTS route (
    number TEXT PRIMARY KEY CHECK (number GLOB 'LK[1-9][0-9][0-9]'),
    origin TEXT NOT NULL REFERENCES airport, destination TEXT NOT NULL REFERENCES airport,
    departs TEXT NOT NULL CHECK (departs GLOB '[0-2][0-9]:[0-5][0-9]'),
    minutes INTEGER NOT NULL CHECK (minutes > 0), aircraft TEXT NOT NULL,
    CHECK (origin <> destination)
) STRICT;
CREATE INDEX IF NOT EXISTS route_between ON route (origin, destination);

CREATE TABLE IF NOT EXISTS fare (
    route TEXT NOT NULL REFERENCES route,
    cabin TEXT NOT NULL CHECK (cabin IN ('basic economy', 'economy', 'business')),
    usd INTEGER NOT NULL CHECK (usd > 0),
    PRIMARY KEY (route, cabin)
) STRICT;

CREATE TABLE IF NOT EXISTS flight (
    route TEXT NOT NULL REFERENCES route, date TEXT NOT NULL CHECK (date IS date(date)),
    departs TEXT NOT NULL, arrives TEXT NOT NULL CHECK (arrives > departs),
    delay INTEGER NOT NULL CHECK (delay >= 0), cancelled INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
    PRIMARY KEY (route, date)
) STRICT;

CREATE TABLE IF NOT EXISTS cabin (
    route TEXT NOT NULL, date TEXT NOT NULL, cabin TEXT NOT NULL,
    seats INTEGER NOT NULL CHECK (seats > 0),
    sold INTEGER NOT NULL CHECK (sold BETWEEN 0 AND seats),
    PRIMARY KEY (route, date, cabin),
    FOREIGN KEY (route, date) REFERENCES flight,
    FOREIGN KEY (route, cabin) REFERENCES fare
) STRICT;

CREATE TABLE IF NOT EXISTS customer (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE,
    tier TEXT NOT NULL CHECK (tier IN ('regular', 'silver', 'gold'))
) STRICT;

CREATE TABLE IF NOT EXISTS booking (
    code TEXT PRIMARY KEY CHECK (length(code) = 6), customer TEXT NOT NULL REFERENCES customer,
    cabin TEXT NOT NULL, made TEXT NOT NULL, bags INTEGER NOT NULL CHECK (bags >= 0),
    paid INTEGER NOT NULL CHECK (paid >= 0)
) STRICT;
CREATE INDEX IF NOT EXISTS booking_of_customer ON booking (customer);

CREATE TABLE IF NOT EXISTS leg (
    booking TEXT NOT NULL REFERENCES booking, position INTEGER NOT NULL CHECK (position > 0),
    route TEXT NOT NULL, date TEXT NOT NULL,
    PRIMARY KEY (booking, position),
    FOREIGN KEY (route, date) REFERENCES flight
) STRICT;

CREATE TABLE IF NOT EXISTS passenger (
    booking TEXT NOT NULL REFERENCES booking, position INTEGER NOT NULL CHECK (position BETWEEN 1 AND 5),
    name TEXT NOT NULL,
    PRIMARY KEY (booking, position)
) STRICT;

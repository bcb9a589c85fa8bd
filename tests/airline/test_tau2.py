"""The benchmark's world goes into the tables and comes out as it went in."""

import gzip
import json

import pytest

from switchboard.airline import tau2
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.flights import Status
from switchboard.errors import DataDamaged

SAME = {
    "landed": {Status.LANDED},
    "cancelled": {Status.CANCELLED},
    "flying": {Status.IN_THE_AIR},
    "available": {Status.SCHEDULED},
    "on time": {Status.ON_TIME, Status.BOARDING},
    "delayed": {Status.DELAYED, Status.BOARDING},
}


@pytest.fixture(scope="module")
def source(benchmark_folder):
    return {
        name: json.loads(gzip.decompress((benchmark_folder / f"{name}.json.gz").read_bytes()))
        for name in ("flights", "users", "reservations")
    }


@pytest.fixture(scope="module")
def database(tau2_file, tmp_path_factory):
    path = tmp_path_factory.mktemp("told") / "tau2.db"
    path.write_bytes(tau2_file.read_bytes())
    opened = AirlineDatabase(path)
    yield opened
    opened.close()


def dump(database, form):
    with database.read() as connection:
        return form(connection)


def test_the_users_come_out_as_they_went_in(database, source):
    assert dump(database, tau2.users) == {
        key: {"user_id": key, **one} for key, one in source["users"].items()
    }


def test_the_reservations_come_out_as_they_went_in_and_in_that_order(database, source):
    found = dump(database, tau2.reservations)
    assert found == source["reservations"]
    assert list(found) == list(source["reservations"])


def test_the_free_seats_come_out_as_they_went_in(database, source):
    assert dump(database, tau2.seats) == {
        f"{number} {day}": at["available_seats"]
        for number, flight in source["flights"].items()
        for day, at in flight["dates"].items()
        if at["status"] == "available"
    }


def test_every_flight_does_at_the_benchmarks_moment_what_is_recorded_of_it(tau2_store, source):
    seen = 0
    with tau2_store.view() as view:
        for day in sorted({day for flight in source["flights"].values() for day in flight["dates"]}):
            for offer in view.offers(day):
                recorded = source["flights"][offer.flight.number]["dates"][day]
                assert offer.flight.status(tau2.CLOCK) in SAME[recorded["status"]]
                assert {one.cabin: one.fare for one in offer.cabins} == recorded.get("prices", {})
                assert (
                    offer.flight.departs.strftime("%H:%M:%S")
                    == (source["flights"][offer.flight.number]["scheduled_departure_time_est"])
                )
                seen += 1
    assert seen == 9000


def test_loading_it_again_leaves_one_world(benchmark_folder, tau2_store, database):
    tau2.load(tau2_store._database, benchmark_folder)
    for form in (tau2.users, tau2.reservations, tau2.seats):
        assert dump(tau2_store._database, form) == dump(database, form)


def test_a_missing_file_is_named_and_what_was_there_stays(tau2_store, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(DataDamaged, match="flights"):
        tau2.load(tau2_store._database, empty)
    assert len(dump(tau2_store._database, tau2.users)) == 500


def test_unpacked_files_serve_too(benchmark_folder, tmp_path, source):
    for name, content in source.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    opened = AirlineDatabase(tmp_path / "tau2.db")
    tau2.load(opened, tmp_path)
    assert dump(opened, tau2.reservations) == source["reservations"]
    opened.close()


def test_postgresql_holds_the_same(benchmark_folder, database, postgres_url):
    opened = AirlineDatabase(postgres_url)
    tau2.load(opened, benchmark_folder)
    for form in (tau2.users, tau2.reservations, tau2.seats):
        assert dump(opened, form) == dump(database, form)
    opened.close()

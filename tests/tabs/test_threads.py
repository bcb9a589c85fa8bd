import pytest

from switchboard.messages import AssistantMessage, user
from switchboard.services import Services
from switchboard.sessions import Visitor
from switchboard.settings import Settings
from tabs.frame import Frame
from tabs.threads import MESSAGES, Thread, Threads
from tabs.transcript import message

SAID = Thread((user("Hi"), AssistantMessage("Hello")), (message("user", "Hi"), message("assistant", "Hello")))


@pytest.fixture
def threads():
    return Threads("airline")


def test_a_page_finds_what_was_said_in_it(threads, new_request):
    visitor, request = Visitor("ann"), new_request()
    assert threads.find(visitor, request) == Thread()
    threads.keep(visitor, request, SAID)
    assert threads.find(visitor, request) == SAID


def test_another_visitor_who_names_the_same_page_finds_nothing(threads, new_request):
    request = new_request()
    threads.keep(Visitor("ann"), request, SAID)
    assert threads.find(Visitor("bob"), request) == Thread()
    threads.forget(Visitor("bob"), request)
    assert threads.find(Visitor("ann"), request) == SAID


def test_two_pages_of_one_visitor_have_threads_of_their_own(threads, new_request):
    visitor, one = Visitor("ann"), new_request()
    threads.keep(visitor, one, SAID)
    assert threads.find(visitor, new_request(one.cookies)) == Thread()


def test_a_forgotten_thread_is_empty_and_may_be_forgotten_again(threads, new_request):
    visitor, request = Visitor("ann"), new_request()
    threads.keep(visitor, request, SAID)
    threads.forget(visitor, request)
    threads.forget(visitor, request)
    assert threads.find(visitor, request) == Thread()


def test_a_long_thread_keeps_its_newest_messages(threads, new_request):
    visitor, request = Visitor("ann"), new_request()
    said = tuple(user(str(n)) for n in range(MESSAGES + 7))
    threads.keep(visitor, request, Thread(said, tuple(message("user", m.text) for m in said)))
    found = threads.find(visitor, request)
    assert found.messages == said[7:]
    assert len(found.shown) == MESSAGES


def test_the_thread_that_was_longest_silent_goes_first(new_request):
    threads = Threads("airline", most=2)
    visitor, first, second, third = Visitor("ann"), new_request(), new_request(), new_request()
    for request in (first, second, first, third):
        threads.keep(visitor, request, SAID)
    assert threads.find(visitor, second) == Thread()
    assert threads.find(visitor, first) == threads.find(visitor, third) == SAID


def test_a_frame_tells_visitors_apart(tmp_path, new_request):
    services = Services(Settings(_env_file=None, data_dir=tmp_path))
    frame = Frame(None, None, services, None, None)
    request = new_request()
    assert frame.visitor(request) is frame.visitor(new_request(request.cookies))
    assert frame.visitor(request) is not frame.visitor(new_request())

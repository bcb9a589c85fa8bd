import asyncio
import re
import socket
import threading
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.addresses import ANY_PORT, check_url, is_public, look_up, resolve_public
from switchboard.errors import AddressRefused

PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "2620:4f:8000::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "fe80::1%eth0",
    "feb0::1",
    "fec0::1",
    "feff::1",
    "ff02::1",
    "ff0e::1",
    "4000::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.1",
    "168.63.129.15",
    "168.63.129.17",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "192.167.255.255",
    "192.169.0.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "2620:fe::fe",
]
FORMS = """
http://127.1/ http://127.0.1/ http://2130706433/ http://0x7f000001/ http://0x7f.0.0.1/ http://0177.0.0.1/
http://017700000001/ http://0x7f.1/ http://127.0.0.1./ http://0/ http://0x/ http://1.2.3/ http://00008.8.8.8/
http://8.8.8.8.8/ http://8.8.2056/ http://example.0x50/ http://a.b.1/ http://127.0.0.1%00.example.com/
http://[::]/ http://[::1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[64:ff9b::7f00:1]/
http://[fe80::1%25eth0]/ http://[fe80::1%eth0]/ http://[::1 http://::1/ http://[8.8.8.8]/ http://[example.com]/
http://１２７.0.0.1/ http://127。0。0。1/ http://①②⑦.⓪.⓪.①/ http://localhost/ http://LOCALHOST./ http://metadata/
http://intranet/ http://com./ http:/// http:///path http:// http://?x http://.example.com/ http://example..com/
http://-a.example/ http://a-.example/ http://exa$mple.com/ http://%31%32%37.0.0.1/ http://exam%70le.com/
http://user@example.com/ http://user:pass@example.com/ http://@example.com/ http://example.com@127.0.0.1/
http://127.0.0.1\\@example.com/ http://example.com\\.evil/ http:\\\\example.com/ http://example.com\t/
http://exam\nple.com/ http://example.com:8080/ http://example.com:0/ http://example.com:22/ http://example.com:99999/
http://example.com:-1/ http://example.com:8O/ https://example.com:25/ ftp://example.com/ file:///etc/passwd
gopher://example.com/ javascript:alert(1) data:text/html,x //example.com/ example.com about:blank
jar:http://example.com!/ http:example.com ws://example.com/ http://[v1.x]/
""".replace("\\t", "\t").split(" ")
FORMS = [
    form for part in FORMS for form in ([part] if "\t" in part else part.strip("\n").split("\n")) if form
]

MORE_FORMS = [
    *("http://0300.0250.1.1/", "http://0x7f.0x0.0x0.0x1/", "http://127.0.0.01/", "http://127.000.000.001/"),
    *("http://0xA9FEA9FE/", "http://2852039166/", "http://0251.0376.0251.0376/", "http://169.254.43518/"),
    *("http://017777777777/", "http://4294967296/", "http://127.0.0.1.1/", "http://0x7f000001./"),
    *("http://[0:0:0:0:0:ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[::ffff:127.0.0.1%25eth0]/"),
    *("http://[64:ff9b:1::7f00:1]/", "http://[64:ff9b:1:ffff::]/", "http://[2002:a00:1::]/"),
    *("http://[2001:0:7f00:1::]/", "http://[fec0::1]/", "http://[fe80::1%251]/", "http://[fd00:ec2::254]/"),
    *("http://[ff02::1]/", "http://[::ffff:0:0]/", "http://[2606:4700::1111%25eth0]/", "http://[]/"),
    *("http://127．0．0．1/", "http://127｡0｡0｡1/", "http://𝟏𝟐𝟕.0.0.1/", "http://¹²⁷.0.0.1/"),
    *("http://１６９.２５４.１６９.２５４/", "http://⑯⑧.63.129.16/", "http://٣.٣.٣.٣/", "http://0ⅹ7f.1/"),
    *(
        "http://ｌｏｃａｌｈｏｓｔ/",
        "http://loc\u00adalhost/",
        "http://127.0.0.1\u200b/",
        "http://127.0.0.\u20601/",
    ),
    *("http://exa\u2028mple.com/", "http://example.com\u3002\u3002/", "http://\u202e1.0.0.721/"),
    *("http://example%2ecom/", "http://127%2e0%2e0%2e1/", "http://%6c%6f%63%61%6c%68%6f%73%74/"),
    *("http://127.0.0.1:80@example.com/", "http://example.com:80@127.0.0.1/", "http://a%40b@example.com/"),
    *("http://:@example.com/", "http://:80/", "http://example.com:80:80/", "http://example.com:８０/"),
    *(
        "http://example.com\r\nHost:x/",
        "http://example.com/\r\nX: y",
        "http://example.com/\0",
        "\thttp://a.com/",
    ),
    *(
        " http://example.com/",
        "http://example.com/ ",
        "ht\ttp://example.com/",
        "http://127.0.0.1\\.example.com/",
    ),
    *(
        "http:/example.com/",
        "http:///127.0.0.1/",
        "https://example.com\\@127.0.0.1/",
        "view-source:http://a.com/",
    ),
    *("http://example.com../", "http://.127.0.0.1/", "http://127.0.0.1.../", "http://a..b.com/"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_no_host_of_the_public_internet_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_ordinary_addresses_are_public(address):
    assert is_public(address)
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "text", ["", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "08.8.8.8", "8.8.8.8 ", "a"]
)
def test_an_address_in_any_other_form_is_not_public(text):
    assert not is_public(text)


@given(st.integers(0, 2**32 - 1))
def test_a_public_v4_address_is_global_for_the_standard_library_too(number):
    address = IPv4Address(number)
    if is_public(address):
        assert address.is_global and not address.is_multicast


@given(st.integers(0, 2**128 - 1) | st.integers(0x2000 << 112, (0x4000 << 112) - 1))
def test_a_public_v6_address_is_global_unicast_and_carries_no_v4_address(number):
    address = IPv6Address(number)
    if is_public(address):
        assert address.is_global and not address.is_multicast
        assert address.ipv4_mapped is None and address.sixtofour is None and address.teredo is None


@pytest.mark.parametrize("network", ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "192.168.0.0/16"])
@given(data=st.data())
def test_no_address_wrapped_in_v6_is_public(network, data):
    block = IPv4Network(network)
    inner = int(block[data.draw(st.integers(0, block.num_addresses - 1))])
    for wrapped in (
        int(IPv6Network("::ffff:0:0/96")[0]) | inner,
        int(IPv6Network("64:ff9b::/96")[0]) | inner,
        int(IPv6Address("2002::")) | inner << 80,
        int(IPv6Address("2001::")) | inner ^ 0xFFFFFFFF,
        inner,
    ):
        assert not is_public(IPv6Address(wrapped))


@pytest.mark.parametrize("url", FORMS + MORE_FORMS)
def test_an_address_in_an_odd_form_is_refused_before_anybody_is_asked(url):
    with pytest.raises(AddressRefused) as refusal:
        check_url(url)
    message = str(refusal.value)
    assert message.endswith(".") and not re.search(r"[0-9]", message)


def test_all_that_a_host_can_be_refused_for_has_one_message():
    hosts = ("127.0.0.1", "[::1]", "8.8.8.8.8", "localhost", "127.1", "-a.example", "１２７.0.0.1")
    messages = set()
    for host in hosts:
        with pytest.raises(AddressRefused) as refusal:
            check_url(f"http://{host}/")
        messages.add(str(refusal.value))
    assert len(messages) == 1


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_in_a_url_is_refused_without_repeating_it(address):
    url = f"http://[{address}]/" if ":" in address else f"http://{address}/"
    with pytest.raises(AddressRefused) as refusal:
        check_url(url)
    assert address not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("http://example.com", "http://example.com"),
        ("HTTPS://Example.COM./A?b=C#d", "https://example.com/A?b=C#d"),
        ("https://example.com:443/x", "https://example.com:443/x"),
        ("http://example.com:/x", "http://example.com/x"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/ä"),
        ("http://8.8.8.8/", "http://8.8.8.8/"),
        ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/"),
        ("http://a_b.example.com/", "http://a_b.example.com/"),
    ],
)
def test_a_public_address_passes_with_its_host_normalised(url, clean):
    assert check_url(url).url == clean


def test_the_ports_that_may_be_connected_to_are_the_callers_choice():
    assert check_url("http://example.com:11434/v1", ports=ANY_PORT).port == 11434
    assert check_url("http://example.com:8000", ports=(8000,)).port == 8000
    with pytest.raises(AddressRefused):
        check_url("http://example.com:0/", ports=ANY_PORT)
    with pytest.raises(AddressRefused):
        check_url("http://127.0.0.1:11434/", ports=ANY_PORT)


def test_an_address_over_the_limit_is_refused():
    assert check_url("http://example.com/".ljust(2_000, "x"))
    with pytest.raises(AddressRefused, match="2,000"):
        check_url("http://example.com/".ljust(2_001, "x"))


@given(st.text(max_size=60))
def test_whatever_is_typed_is_checked_or_refused_and_never_breaks(text):
    for url in (text, f"http://{text}", f"https://{text}.example/"):
        try:
            checked = check_url(url)
        except AddressRefused:
            continue
        assert check_url(checked.url) == checked
        assert checked.port in (80, 443) and checked.host.isascii()


def answering(*addresses):
    async def lookup(host, port):
        return list(addresses)

    return lookup


async def test_a_name_is_resolved_to_one_address_with_v4_first():
    assert await resolve_public("a.example", 443, lookup=answering("2606:4700::1", "1.1.1.1")) == "1.1.1.1"
    assert await resolve_public("a.example", 443, lookup=answering("2606:4700::1")) == "2606:4700::1"


@pytest.mark.parametrize("private", PRIVATE)
async def test_one_private_address_among_public_ones_refuses_the_name(private):
    with pytest.raises(AddressRefused):
        await resolve_public("a.example", 80, lookup=answering("1.1.1.1", private, "8.8.8.8"))


async def test_every_reason_of_the_resolver_has_the_same_message():
    async def fails(host, port):
        raise OSError("no such name")

    async def hangs(host, port):
        await asyncio.sleep(60)

    messages = set()
    for lookup in (fails, hangs, answering(), answering("10.0.0.1"), answering("1.1.1.1", "::1")):
        with pytest.raises(AddressRefused) as refusal:
            await resolve_public("a.example", 80, lookup=lookup, seconds=0.05)
        messages.add(str(refusal.value))
    with pytest.raises(AddressRefused) as refusal:
        await resolve_public("127.0.0.1", 80)
    assert messages == {str(refusal.value)}


@pytest.mark.parametrize("host", ["127.1", "2130706433", "localhost", "intranet", "0x7f.0.0.1", "a.b.0177"])
async def test_a_host_that_a_resolver_might_read_as_an_address_is_never_looked_up(host):
    async def lookup(host, port):
        raise AssertionError("looked up")

    with pytest.raises(AddressRefused):
        await resolve_public(host, 80, lookup=lookup)


async def test_names_that_never_resolve_do_not_hold_up_another(monkeypatch):
    stuck = threading.Event()

    def getaddrinfo(host, port, **_):
        if host != "good.example":
            stuck.wait(30)
        return [(None, None, None, "", ("1.1.1.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    waiting = [asyncio.create_task(look_up(f"{i}.example", 80)) for i in range(30)]
    try:
        await asyncio.sleep(0.1)
        assert await resolve_public("good.example", 80) == "1.1.1.1"
        assert not any(task.done() for task in waiting)
    finally:
        stuck.set()
        await asyncio.gather(*waiting)


async def test_the_systems_own_resolver_is_asked_and_its_loopback_refused():
    with pytest.raises(AddressRefused):
        await resolve_public("localhost.localdomain", 80)

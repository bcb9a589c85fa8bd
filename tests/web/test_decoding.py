import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import PageUnreadable
from switchboard.web.decoding import BoundedBody, unpacked_file
from switchboard.web.failures import PageTooLarge


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKINGS = {"": bytes, "gzip": gzip.compress, "deflate": zlib.compress}


@given(
    data=st.binary(max_size=300),
    cuts=st.lists(st.integers(0, 400), max_size=6),
    packing=st.sampled_from([*PACKINGS.items(), ("deflate", raw_deflate)]),
    garbage=st.binary(max_size=5),
)
def test_a_body_is_the_same_however_it_is_cut(data, cuts, packing, garbage):
    encoding, pack = packing
    packed = pack(data) + (garbage if encoding else b"")
    body = BoundedBody(encoding, 10_000, 10_000)
    edges = [0, *sorted(min(cut, len(packed)) for cut in cuts), len(packed)]
    for start, end in pairwise(edges):
        body.feed(packed[start:end])
    assert body.end() == data


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate"]))
def test_whatever_arrives_is_unpacked_or_refused(data, encoding):
    body = BoundedBody(encoding, 10_000, 10_000)
    try:
        body.feed(data)
        assert len(body.end()) <= 10_000
    except PageUnreadable as exc:
        assert str(exc).endswith(".")


@pytest.mark.parametrize(("encoding", "pack"), PACKINGS.items())
def test_a_body_is_left_at_the_first_byte_over_its_limit(encoding, pack):
    exact = BoundedBody(encoding, 2_000, 1_000)
    exact.feed(pack(b"x" * 1_000))
    assert exact.end() == b"x" * 1_000
    with pytest.raises(PageTooLarge):
        BoundedBody(encoding, 2_000, 1_000).feed(pack(b"x" * 1_001))
    with pytest.raises(PageTooLarge):
        BoundedBody(encoding, 5, 1_000).feed(pack(b"x" * 6))


def test_a_stream_that_ends_early_is_incomplete():
    body = BoundedBody("deflate", 1_000, 1_000)
    body.feed(b"x")
    with pytest.raises(PageUnreadable, match="incomplete"):
        body.end()


def test_a_file_is_unpacked_once_and_never_past_its_limit():
    inner = gzip.compress(b"a")
    assert unpacked_file(gzip.compress(inner), 1_000) == inner
    with pytest.raises(PageTooLarge):
        unpacked_file(gzip.compress(bytes(10_001)), 10_000)
    with pytest.raises(PageUnreadable, match="damaged"):
        unpacked_file(b"\x1f\x8bnonsense", 10_000)

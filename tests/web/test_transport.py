from functools import partial

import httpx
import pytest

from switchboard.addresses import resolve_public
from switchboard.errors import AddressRefused
from switchboard.web.transport import PinnedTransport


async def test_a_visitors_server_is_reached_at_any_port_under_its_own_name(network, answer):
    site = await network.serve("model.example", {"/v1": answer(b"ok")})
    transport = network.transport(ports=range(1, 65_536))
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        response = await client.get("http://model.example:11434/v1", headers={"Authorization": "Bearer k"})
    assert response.text == "ok"
    assert site.requests[0][1]["host"] == "model.example:11434"
    assert site.requests[0][1]["authorization"] == "Bearer k"
    assert str(response.url) == "http://model.example:11434/v1"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:11434/",
        "http://localhost:11434/",
        "http://[::1]:80/",
        "http://169.254.169.254/",
        "http://2130706433/",
    ],
)
async def test_the_clients_own_reading_of_an_address_is_what_is_checked(network, url):
    async with httpx.AsyncClient(transport=PinnedTransport(), trust_env=False) as client:
        with pytest.raises(AddressRefused):
            await client.get(url)


async def test_each_request_is_resolved_anew_and_refused_once_the_name_turns_private(network, answer):
    await network.serve("model.example", {"/": answer()})
    transport = PinnedTransport(
        resolve=partial(resolve_public, lookup=network.lookup), connect=network.to_loopback
    )
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        assert (await client.get("http://model.example/")).status_code == 200
        network.names["model.example"] = ["192.168.1.1"]
        with pytest.raises(AddressRefused):
            await client.get("http://model.example/")
    assert set(network.connected) == {"93.184.216.1"}

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.sources import guard
from bot.sources.trouble import FetchError, Trouble

_LOOPBACKS = [
    "127.0.0.1",
    "127.255.255.254",
    "localhost",
    "LOCALHOST.",
    "news.localhost",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "127.1",
    "0",
    "127.0.0.1.",
    "１２７.0.0.1",
    "①②⑦.0.0.1",
    "127。0。0。1",
]
_PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "[64:ff9b::a00:1]",
    "[64:ff9b::5db8:d822]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::1]",
    "[2001:0:7f00:1::1]",
    "[2001:db8::1]",
    "router",
    "router.lan",
    "printer.local",
    "metadata.google.internal",
    "nas.home.arpa",
]
_PUBLIC = ["example.org", "8.8.8.8", "[2606:4700::1111]", "пример.рф", "localhost.example.org", "mylocal.example"]
# Each stands for one promise, in the words of the registries; nothing here is read from the guard.
_RANGES = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    *("224.0.0.0/4", "240.0.0.0/4", "::/8", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32"),
    *("2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "4000::/3"),
]


def _within(network: str) -> st.SearchStrategy[IPv4Address | IPv6Address]:
    found = ip_network(network)
    first, last = int(found.network_address), int(found.broadcast_address)
    return st.integers(first, last).map(IPv4Address if found.version == 4 else IPv6Address)


_ADDRESSES = st.one_of(st.ip_addresses(), *map(_within, _RANGES))


@pytest.mark.parametrize("host", [*_LOOPBACKS, *_PRIVATE])
def test_private_host_is_refused_however_it_is_spelt(host: str) -> None:
    with pytest.raises(FetchError) as refused:
        guard.checked(f"http://{host}/feed", allow_private=False)
    assert refused.value.trouble is Trouble.FORBIDDEN


@pytest.mark.parametrize("host", _PUBLIC)
def test_public_host_may_be_asked(host: str) -> None:
    assert guard.checked(f"https://{host}/feed", allow_private=False).scheme == "https"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "router"])
def test_private_host_may_be_asked_where_the_operator_says_so(host: str) -> None:
    guard.checked(f"http://{host}:8080/feed", allow_private=True)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "feed",
            "/feed",
            "//example.org/feed",
            "http:feed",
            "http:///feed",
            "http://",
            "http://example.org:99999/",
        ),
        *("ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "gopher://example.org/", "data:,feed"),
        *("http://127%2e0.0.1/", "http://exa mple.org/", "http://exam%00ple.org/", "http://[::1/", "http://-/"),
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as refused:
        guard.checked(url, allow_private=True)
    assert refused.value.trouble is Trouble.ADDRESS


@pytest.mark.parametrize("user", ["name:secret", "name", ":secret", ":"])
def test_address_with_credentials_is_refused_and_never_repeated(user: str) -> None:
    with pytest.raises(FetchError) as refused:
        guard.checked(f"https://{user}@example.org/", allow_private=True)
    assert refused.value.trouble is Trouble.CREDENTIALS
    assert "secret" not in str(refused.value)


def test_broken_address_with_credentials_is_not_in_the_error_either() -> None:
    with pytest.raises(FetchError) as refused:
        guard.checked("https://name:secret{}example.org:99999/".format("@"), allow_private=True)
    assert refused.value.__suppress_context__
    assert "secret" not in str(refused.value)


def test_address_may_be_long_but_not_endless() -> None:
    start = "https://example.org/"
    guard.checked(start + "a" * (2048 - len(start)), allow_private=False)
    with pytest.raises(FetchError) as refused:
        guard.checked(start + "a" * (2049 - len(start)), allow_private=False)
    assert refused.value.trouble is Trouble.ADDRESS


def test_fragment_is_dropped() -> None:
    assert str(guard.checked("https://example.org/a?b=%2B#c", allow_private=False)) == "https://example.org/a?b=%2B"


@given(_ADDRESSES)
@example(IPv4Address("192.0.0.9"))
@example(IPv6Address("2001:1::1"))
def test_public_address_is_global_and_in_no_special_range(address: IPv4Address | IPv6Address) -> None:
    is_special = any(address in ip_network(network) for network in _RANGES)
    if guard.is_public(address):
        assert address.is_global
        assert not is_special
    elif address.version == 4:
        assert is_special or not address.is_global or str(address) == "168.63.129.16"
    else:
        assert is_special or not address.is_global or address not in ip_network("2000::/3")


@given(_ADDRESSES)
def test_socket_is_made_for_public_addresses_alone(address: IPv4Address | IPv6Address) -> None:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    target = (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(address), 80))
    if guard.is_public(address):
        guard.public_socket(target).close()
    else:
        with pytest.raises(guard.Forbidden):
            guard.public_socket(target)


@given(st.ip_addresses(v=4))
def test_number_is_judged_as_the_address_that_it_stands_for(address: IPv4Address) -> None:
    spellings = (str(address), str(int(address)), hex(int(address)), f"0{int(address):o}", f"{address}.")
    assert {guard.is_private_host(spelling) for spelling in spellings} == {not guard.is_public(address)}


def test_address_that_cannot_be_read_is_no_public_one() -> None:
    with pytest.raises(guard.Forbidden):
        guard.public_socket((socket.AF_UNIX, socket.SOCK_STREAM, 0, "", ("/run/service", 0)))


def test_link_local_address_with_its_interface_is_private() -> None:
    assert not guard.is_public(ip_address("fe80::1%eth0"))

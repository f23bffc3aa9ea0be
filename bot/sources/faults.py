"""What the network throws → what it means for a feed."""

import ssl
from typing import Final

import aiohttp
import aiohttp_socks

from bot.sources.guard import Forbidden
from bot.sources.inflate import EncodingError
from bot.sources.trouble import FetchError, Trouble

# The first that fits counts. aiohttp's errors of connecting are OSErrors, and its timeouts both OSErrors and
# TimeoutErrors; an error of the answer's form is a ClientResponseError to it.
_MEANINGS: Final[tuple[tuple[tuple[type[BaseException], ...], Trouble], ...]] = (
    ((TimeoutError, aiohttp_socks.ProxyTimeoutError), Trouble.TIMEOUT),
    ((aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, UnicodeError), Trouble.ADDRESS),
    ((aiohttp.ClientConnectorDNSError,), Trouble.DNS),
    ((aiohttp.ClientSSLError, ssl.SSLError), Trouble.TLS),
    (
        (
            aiohttp.ClientConnectorError,
            aiohttp.ClientHttpProxyError,
            aiohttp_socks.ProxyConnectionError,
            aiohttp_socks.ProxyError,
            EOFError,  # a proxy that hangs up
        ),
        Trouble.CONNECT,
    ),
    ((aiohttp.ClientError, EncodingError, OSError), Trouble.BROKEN),
)
# What aiohttp wraps into an error that says less.
_CAUSES: Final = {Forbidden: Trouble.FORBIDDEN, TimeoutError: Trouble.TIMEOUT, ssl.SSLError: Trouble.TLS}
ERRORS: Final = tuple(error for errors, _ in _MEANINGS for error in errors)


def meaning(error: BaseException) -> FetchError:
    """Of one of `ERRORS`. Its own words are not repeated: they may hold a proxy's password."""
    for kind, trouble in _CAUSES.items():
        if isinstance(error.__cause__, kind):
            return FetchError(trouble)
    return FetchError(next(trouble for errors, trouble in _MEANINGS if isinstance(error, errors)))

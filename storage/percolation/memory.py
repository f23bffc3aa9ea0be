"""Memory that was used once, and is not needed any more."""

import ctypes


def give_back() -> None:
    """Has the allocator return to the system what is free: after arrays of a million rows were made, tens of MB.

    glibc has a call for it; elsewhere the allocator does as it thinks fit.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return
    trim(0)

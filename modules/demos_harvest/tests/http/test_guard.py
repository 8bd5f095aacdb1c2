# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Spellings of inside addresses."""

import pytest
from demos_harvest.http import AddressPolicy
from demos_harvest.http.errors import AddressRefusedError
from demos_harvest.http.guard import is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "192.0.2.1",
    ],
)  # fmt: skip
def test_inside_addresses(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["188.184.1.1", "2001:1458:201::1", "8.8.8.8"])
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["ftp://zenodo.org/x", "https://zenodo.org:22/", "https://", "//zenodo.org", "http://a:b@c.org/",
     "https://zenodo.org:99999/", "http://[::1/"],
)  # fmt: skip
def test_unusable_urls(url):
    with pytest.raises(AddressRefusedError):
        AddressPolicy().check_url(url)


def test_trust_is_for_one_host_and_port():
    policy = AddressPolicy.trusting("http://127.0.0.1:8080")
    policy.check_address("127.0.0.1", 8080, "127.0.0.1")
    with pytest.raises(AddressRefusedError):
        policy.check_address("127.0.0.1", 9200, "127.0.0.1")
    with pytest.raises(AddressRefusedError):
        policy.check_address("localhost", 8080, "127.0.0.1")

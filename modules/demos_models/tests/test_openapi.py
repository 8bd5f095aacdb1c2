# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The description of the REST API against its routes."""

import re

import pytest
from demos_models.openapi import OpenAPIConflictError, compose, document
from openapi_spec_validator import OpenAPIV31SpecValidator

METHODS = {"get", "post", "put", "patch", "delete"}


def shape(path):
    """Forget how the variables of a path are named."""
    return re.sub(r"\{[^}]*\}|<[^>]*>", "{}", path)


@pytest.fixture(scope="module")
def described():
    """What is described below ``/api``; paths of pages name a server of their own."""
    return {
        (method, shape(path))
        for path, item in document()["paths"].items()
        if "servers" not in item
        for method in METHODS & set(item)
    }


def test_the_description_is_valid():
    errors = [str(e) for e in OpenAPIV31SpecValidator(document()).iter_errors()]
    assert errors == []


def test_every_operation_has_its_own_name_a_tag_and_a_summary():
    operations = [
        item[method] for item in document()["paths"].values() for method in METHODS & set(item)
    ]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    known = {tag["name"] for tag in document()["tags"]}
    for operation in operations:
        assert operation["summary"]
        assert operation["tags"]
        assert set(operation["tags"]) <= known


def test_two_descriptions_of_the_same_path_are_refused():
    with pytest.raises(OpenAPIConflictError, match="/a"):
        compose({"one": {"paths": {"/a": {}}}, "two": {"paths": {"/a": {}}}})


def test_every_route_of_the_portal_is_described_and_nothing_else(running_app, described):
    routes = {
        (method.lower(), shape(rule.rule))
        for rule in running_app.url_map.iter_rules()
        if rule.endpoint.startswith("demos_") and not rule.endpoint.endswith(".static")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == routes


def test_the_description_is_served(running_app):
    with running_app.test_client() as client:
        answer = client.get("/openapi.json", base_url="https://127.0.0.1:5000")
    assert answer.status_code == 200
    assert answer.json == document()

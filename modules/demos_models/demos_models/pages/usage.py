# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What to type to use a model."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from invenio_i18n import gettext as _


def snippets(entry: Mapping[str, Any], patches: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """Give commands and code that really work with this entry.

    Args:
        entry: the entry with its links and its structure.
        patches: its patches, as ``structure.shown_patches`` gives them, or None.

    Returns:
        ``[{"label", "code"}]``.
    """
    if entry["kind"] == "container":
        return _container(entry)
    if entry["kind"] != "histfactory":
        return _any_document(entry["links"]["file"])
    workspace = entry["links"]["pyhf"]
    patchset = f"{entry['links']['self']}/patchset" if patches else None
    patch = patches["hits"][0]["name"] if patches else None
    has_poi = any(m.get("poi_defined") for m in entry["structure"].get("measurements") or ())
    found = [
        {"label": "pyhf", "code": _pyhf(workspace, patchset, patch, has_poi)},
        {"label": "cabinetry", "code": _cabinetry(workspace, patchset, patch, has_poi)},
        {"label": "demos", "code": _demos(patch, has_poi)},
        {"label": "curl", "code": _curl(workspace, patchset)},
    ]
    if "hs3" in entry["links"]:
        found.insert(2, {"label": "ROOT", "code": _root(entry["links"]["hs3"])})
    access = entry.get("access") or {}
    if access.get("files") != "restricted" and access.get("record") != "restricted":
        page = entry["links"]["self_html"].replace("/models/", "/embed/models/", 1)
        found.append({"label": _("Embed in a page"), "code": _embed(page)})
    return found


def _container(entry: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"label": "curl: what it computes", "code": f"curl '{entry['links']['execute']}'"},
        {"label": "demos", "code": f"demos run {entry['id']} OPERATION -p NAME=VALUE"},
    ]


def _any_document(address: str) -> list[dict[str, str]]:
    python = (
        f'import requests\n\nurl = "{address}"\ndocument = requests.get(url, timeout=60).json()'
    )
    return [
        {"label": "curl", "code": _curl(address, None)},
        {"label": "demos", "code": "demos inspect model.json"},
        {"label": "Python", "code": python},
    ]


def _embed(address: str) -> str:
    return (
        f'<iframe src="{address}" width="100%" height="700"\n'
        '  sandbox="allow-scripts allow-same-origin allow-downloads allow-popups"></iframe>'
    )


def _curl(address: str, patchset: str | None) -> str:
    lines = [f"curl -L -o model.json '{address}'"]
    if patchset:
        lines.append(f"curl -L -o patchset.json '{patchset}'")
    return "\n".join(lines)


def _demos(patch: str | None, has_poi: bool) -> str:
    lines = ["demos inspect model.json"]
    if patch:
        lines += [
            "demos patch list patchset.json",
            f"demos cls model.json --patchset patchset.json --patch {shlex.quote(patch)}",
        ]
    elif has_poi:
        lines += ["demos fit model.json", "demos cls model.json --mu 1"]
    else:
        lines.append("demos fit model.json")
    return "\n".join(lines)


def _read_by_pyhf(workspace: str, patchset: str | None, patch: str | None) -> list[str]:
    lines = [
        f'url = "{workspace}"',
        "workspace = pyhf.Workspace(requests.get(url, timeout=60).json())",
    ]
    if patchset:
        lines += [
            f'url = "{patchset}"',
            "patchset = pyhf.PatchSet(requests.get(url, timeout=60).json())",
            f"workspace = patchset.apply(workspace, {patch!r})",
        ]
    return lines


def _pyhf(workspace: str, patchset: str | None, patch: str | None, has_poi: bool) -> str:
    lines = ["import pyhf", "import requests", "", *_read_by_pyhf(workspace, patchset, patch)]
    if patchset:
        lines[-1] = f"model = workspace.model(patches=[patchset[{patch!r}]])"
    else:
        lines.append(f"model = workspace.model({'' if has_poi else 'poi_name=None'})")
    if patchset or has_poi:
        lines.append("cls = pyhf.infer.hypotest(1.0, workspace.data(model), model)")
    else:
        lines.append("best_fit = pyhf.infer.mle.fit(workspace.data(model), model)")
    return "\n".join(lines)


def _cabinetry(workspace: str, patchset: str | None, patch: str | None, has_poi: bool) -> str:
    lines = [
        "import cabinetry",
        "import pyhf",
        "import requests",
        "",
        *_read_by_pyhf(workspace, patchset, patch),
    ]
    if patchset or has_poi:
        lines.append("model, data = cabinetry.model_utils.model_and_data(workspace)")
    else:
        # cabinetry reads the parameter of interest from the measurement, which names one that
        # the background alone does not have.
        lines += [
            "model = workspace.model(poi_name=None)",
            "data = workspace.data(model)",
        ]
    lines += [
        "fit = cabinetry.fit.fit(model, data)",
        "cabinetry.visualize.pulls(fit)",
        "cabinetry.visualize.correlation_matrix(fit)",
    ]
    return "\n".join(lines)


def _root(address: str) -> str:
    separator = "&" if "?" in address else "?"
    return "\n".join(
        (
            "import ROOT",
            "import requests",
            "",
            f'url = "{address}{separator}dialect=root"',
            'workspace = ROOT.RooWorkspace("workspace")',
            "tool = ROOT.RooJSONFactoryWSTool(workspace)",
            "tool.importJSONfromString(requests.get(url, timeout=60).text)",
            "workspace.Print()",
        )
    )

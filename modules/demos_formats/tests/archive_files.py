# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Makes archives, good and hostile, in memory."""

import io
import tarfile
import zipfile

WORKSPACE = b"""{"channels": [{"name": "SR", "samples": [{"name": "s", "data": [1.0],
 "modifiers": [{"name": "mu", "type": "normfactor", "data": null}]}]}],
 "observations": [{"name": "SR", "data": [2]}],
 "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": []}}], "version": "1.0.0"}"""


def tar(*members, mode="w:gz"):
    """Packs members: pairs of name and bytes, or TarInfo objects without content."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return out.getvalue()


def special(name, type_, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = type_, link
    return info


def zip_(*members):
    """Packs members: pairs of name (or ZipInfo) and bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()

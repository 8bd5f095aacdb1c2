# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Small statistical models and the archives that peers keep them in."""

import gzip
import io
import json
import tarfile
import zipfile


def workspace(seed=1, channels=1, names=("signal", "background")):
    """Make a valid pyhf workspace whose numbers, and so whose digest, follow from a seed."""
    signal, background = names

    def channel(number):
        base = 50.0 + (seed % 1000) + number
        return {
            "name": f"SR{number}",
            "samples": [
                {
                    "name": signal,
                    "data": [5.0 + seed % 7, 10.0],
                    "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                },
                {
                    "name": background,
                    "data": [base, base + 2],
                    "modifiers": [
                        {"name": "unc", "type": "shapesys", "data": [3.0, 7.0 + seed % 5]},
                        {"name": "JES", "type": "normsys", "data": {"hi": 1.05, "lo": 0.95}},
                    ],
                },
            ],
        }

    made = [channel(i) for i in range(channels)]
    return {
        "channels": made,
        "observations": [
            {"name": c["name"], "data": [51.0 + seed, 48.0 + seed % 11]} for c in made
        ],
        "measurements": [{"name": "Measurement", "config": {"poi": "mu", "parameters": []}}],
        "version": "1.0.0",
    }


def as_json(document, indent=None):
    return json.dumps(document, indent=indent).encode()


def tar(members, compression=""):
    """Pack members, ``{path: bytes}``, into a tar (``gz`` for a compressed one)."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=f"w:{compression}") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def tgz(members):
    return tar(members, "gz")


def zipped(members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def gz(data):
    return gzip.compress(data, mtime=0)

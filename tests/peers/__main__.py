# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Run the doubles by hand: ``PYTHONPATH=tests python -m peers --help``."""

import argparse
import threading

from . import corpus, models
from .datacite import DataCiteDouble
from .hepdata import HEPDataDouble, Resource
from .hepdata import Record as HEPDataRecord
from .zenodo import Record as ZenodoRecord
from .zenodo import ZenodoDouble


def main():
    """Start the doubles and print the environment that leads a portal to them."""
    parser = argparse.ArgumentParser(prog="python -m peers", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="first of three ports; 0: any")
    parser.add_argument("--records", type=int, default=20, help="records of each double")
    parser.add_argument("--quirk", action="append", default=[], help="switch a quirk on")
    parser.add_argument(
        "--corpus", action="store_true", help="HEPData serves the development corpus"
    )
    options = parser.parse_args()
    hepdata = HEPDataDouble(
        corpus.records() if options.corpus else _likelihoods(options.records),
        options.port,
    )
    datacite = DataCiteDouble(hepdata, options.port and options.port + 1)
    zenodo = ZenodoDouble(_deposits(options.records), options.port and options.port + 2)
    for name, double in (("HEPDATA", hepdata), ("DATACITE", datacite), ("ZENODO", zenodo)):
        double.quirks.update(options.quirk)
        print(f"export DEMOS_PEER_{name}_URL={double.url}", flush=True)
    threading.Event().wait()


def _likelihoods(number):
    return [
        HEPDataRecord(
            7_000_000 + n,
            9_000_000 + n,
            title=f"Search number {n}",
            resources=[Resource("workspace.json", models.as_json(models.workspace(n)))],
        )
        for n in range(1, number + 1)
    ]


def _deposits(number):
    return [
        ZenodoRecord(
            str(20_000 + 2 * n),
            str(20_001 + 2 * n),
            f"Likelihood {n}",
            {"workspace.json": models.as_json(models.workspace(10_000 + n))},
        )
        for n in range(number)
    ]


if __name__ == "__main__":
    main()

# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What ROOT makes of models whose samples become negative: a table in Markdown.

Differences of the log-likelihood between the start point and a random point, at most 1.2 standard
deviations away in every parameter, where a sample is negative. Needs ROOT, pyhf and the corpus of
real models: run it in the environment of `make test-oracles`.
"""

import json
import sys

import numpy as np
import pyhf
from demos_formats.convert import convert_pyhf_to_hs3
from demos_formats.evaluate import Likelihood
from demos_formats.histfactory.from_pyhf import read_workspace
from models import entries, load
from oracles import by_root
from test_oracles import around, clipped, positive

MODELS = [
    "atlaspyhftutorial_full",
    "atlas_susy_2Ljets_2022__ewk_llbb_bkg",
    "atlas_susy_2Ljets_2022__str_src_31_81_bkg",
    "atlas_susy_2hadtau_2020__low_mass_bkg",
    "atlas_susy_3L_2021__region_incSR_offWZ_highEt_nj_a",
    "atlas_susy_hb_2019__region_SRA",
    "atlas_susy_hb_2019__region_SRB",
]


def row(name):
    """Gives the columns of a model."""
    workspace = next(load(e) for e in entries("pyhf workspace") if e["name"] == name)
    read = read_workspace(workspace)
    likelihood = Likelihood(read.model)
    points = around(likelihood, 200)
    negative = ~positive(likelihood, points) & np.isfinite(likelihood.logpdf(points))
    if not negative.any():
        return [name, *["no such point"] * 4]
    chosen = np.array([likelihood.init, points[negative][0]])
    found = [by_pyhf(workspace, read, likelihood, chosen)]
    for left in (False, True):
        document = convert_pyhf_to_hs3(workspace, dialect="root", clipped=left)
        document = json.loads(json.dumps(document))
        found.append(np.array(by_root(document, likelihood.names, chosen.tolist())))
    found.append(clipped(likelihood, chosen))
    return [name, *(f"{v[1] - v[0]:.8f}" for v in found)]


def by_pyhf(workspace, read, likelihood, points):
    """Gives pyhf's log-likelihood."""
    model = pyhf.Workspace(workspace).model(poi_name=None)
    data = pyhf.Workspace(workspace).data(model)
    order = {(n.pyhf, n.index): likelihood.names.index(n.hs3) for n in read.names}
    columns = [
        order[name, i]
        for name in model.config.par_order
        for i in range(model.config.param_set(name).n_parameters)
    ]
    return np.array([float(model.logpdf(p, data)[0]) for p in points[:, columns]])


def main():
    """Prints the table."""
    heads = ["Model", "pyhf", "ROOT", "ROOT, `--clipped`", "each sample clipped at zero"]
    print("| " + " | ".join(heads) + " |")
    print("|---" * len(heads) + "|")
    for name in sys.argv[1:] or MODELS:
        first, *numbers = row(name)
        print("| " + " | ".join([f"`{first}`", *numbers]) + " |", flush=True)


if __name__ == "__main__":
    main()

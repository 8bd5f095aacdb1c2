# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Likelihoods of HS3 documents as ROOT and pyhs3 evaluate them.

Run as a program it is the ROOT side: a job as JSON on the standard input, log-likelihoods as the
last line of the output. ROOT gets a process of its own because a bad file can end it.
"""

import json
import subprocess
import sys
import tempfile

SIMULTANEOUS = r"""
#include <RooFitHS3/RooJSONFactoryWSTool.h>

std::vector<double> demosLogLikelihood(std::string const &path,
                                       std::vector<std::string> const &distributions,
                                       std::vector<std::string> const &data,
                                       std::vector<std::string> const &names,
                                       std::vector<std::vector<double>> const &points)
{
   RooMsgService::instance().setGlobalKillBelow(RooFit::FATAL);
   RooWorkspace workspace{"workspace"};
   if (!RooJSONFactoryWSTool{workspace}.importJSON(path))
      throw std::runtime_error("ROOT does not import the document");

   // One category of a simultaneous pdf per channel, so that shared constraints count once.
   RooCategory channel{"demos_channel", ""};
   RooRealVar weight{"demos_weight", "", 1};
   RooArgSet columns{channel, weight};
   std::map<std::string, RooAbsPdf *> pdfs;
   std::map<std::string, RooDataSet *> sets;
   std::vector<std::unique_ptr<RooDataSet>> owned;
   for (std::size_t i = 0; i < distributions.size(); ++i) {
      auto label = "channel" + std::to_string(i);
      channel.defineType(label, i);
      RooAbsPdf *pdf = workspace.pdf(distributions[i]);
      RooAbsData *counts = workspace.data(data[i]);
      if (!pdf || !counts)
         throw std::runtime_error("ROOT has no pdf or data for " + distributions[i]);
      std::unique_ptr<RooArgSet> observables{pdf->getObservables(*counts)};
      RooArgSet row{*observables};
      row.add(weight);
      owned.push_back(std::make_unique<RooDataSet>((label + "_data").c_str(), "", row,
                                                   RooFit::WeightVar(weight)));
      for (int bin = 0; bin < counts->numEntries(); ++bin) {
         auto const *values = counts->get(bin);
         owned.back()->add(*values, counts->weight());
      }
      pdfs[label] = pdf;
      sets[label] = owned.back().get();
      columns.add(*observables, true);
   }
   RooDataSet combined{"demos_data", "", columns, RooFit::Index(channel),
                       RooFit::WeightVar(weight), RooFit::Import(sets)};
   RooSimultaneous simultaneous{"demos_pdf", "", pdfs, channel};
   RooArgSet observed;
   for (auto *variable : workspace.allVars())
      if (TString{variable->GetName()}.BeginsWith("nom"))
         observed.add(*variable);
   std::unique_ptr<RooAbsReal> nll{simultaneous.createNLL(
      combined, RooFit::GlobalObservables(observed), RooFit::Offset("none"))};

   std::vector<double> found;
   for (auto const &point : points) {
      for (std::size_t i = 0; i < names.size(); ++i) {
         RooRealVar *variable = workspace.var(names[i]);
         if (!variable)
            throw std::runtime_error("ROOT has no parameter " + names[i]);
         variable->setRange(std::min(variable->getMin(), point[i]),
                            std::max(variable->getMax(), point[i]));
         variable->setVal(point[i]);
      }
      found.push_back(-nll->getVal());
   }
   return found;
}
"""


def by_root(document, names, points):
    """Gives ROOT's log-likelihood, up to a constant.

    Args:
        document: An HS3 document; its first likelihood is taken.
        names: HS3 names of the parameters.
        points: Their values, one list per point.

    Returns:
        One number per point.
    """
    job = json.dumps({"document": document, "names": names, "points": points})
    done = subprocess.run(
        [sys.executable, __file__],
        input=job,
        text=True,
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def by_pyhs3(document, names, points):
    """Gives pyhs3's log-likelihood of the first analysis, as :func:`by_root` does."""
    import pyhs3
    import pytensor
    from pytensor.graph.traversal import explicit_graph_inputs

    kept = {k: v for k, v in document.items() if k != "misc"}
    workspace = pyhs3.Workspace(**kept)
    model = workspace.model(workspace.analyses[0], progress=False, mode="FAST_COMPILE")
    inputs = list(explicit_graph_inputs([model.log_prob]))
    known = {v.name for v in inputs}
    evaluate = pytensor.function(
        inputs, model.log_prob, mode="FAST_COMPILE", on_unused_input="ignore"
    )
    found = []
    for point in points:
        values = model.nominal_params | model.data | dict(zip(names, point, strict=True))
        found.append(float(evaluate(**{k: v for k, v in values.items() if k in known})))
    return found


def main():
    """Evaluates the job on the standard input by ROOT."""
    import ROOT

    job = json.load(sys.stdin)
    # ROOT's own block would hide the channels' data from it.
    document = {k: v for k, v in job["document"].items() if k != "misc"}
    likelihood = document["likelihoods"][0]
    strings, numbers = ROOT.std.vector["std::string"], ROOT.std.vector["double"]
    points = ROOT.std.vector["std::vector<double>"]()
    for point in job["points"]:
        points.push_back(numbers(point))
    ROOT.gInterpreter.Declare(SIMULTANEOUS)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(document, file)
        file.flush()
        found = ROOT.demosLogLikelihood(
            file.name,
            strings(likelihood["distributions"]),
            strings(likelihood["data"]),
            strings(job["names"]),
            points,
        )
        print(json.dumps(list(found)))


if __name__ == "__main__":
    main()

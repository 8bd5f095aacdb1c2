# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Types of HS3 objects that the standard, ROOT, pyhs3 or the standard's test suite define."""

from __future__ import annotations

from typing import Final

DISTRIBUTIONS: Final = frozenset(
    [
        "ARGUS_dist",
        "argus_dist",
        "barlow_beeston_lite_poisson_constraint_dist",
        "bernstein_poly_dist",
        "bifurkated_gaussian_dist",
        "bincounts_density_dist",
        "bincounts_extended_dist",
        "binsampling_dist",
        "chebychev_dist",
        "crystalball_dist",
        "crystalball_doublesided_dist",
        "decay_dist",
        "density_function_dist",
        "efficiency_product_dist",
        "efficiency_product_pdf_dist",
        "exponential_dist",
        "fft_conv_pdf",
        "gamma_dist",
        "gauss_model_function",
        "gaussian_dist",
        "generalized_normal_dist",
        "generic_dist",
        "histfactory_dist",
        "histogram_dist",
        "landau_dist",
        "legacy_exp_poly_dist",
        "log_density_function_dist",
        "lognormal_dist",
        "mixture_dist",
        "mixture_model",
        "multivariate_normal_dist",
        "normal_dist",
        "poisson_dist",
        "polynomial_dist",
        "power_sum_dist",
        "product_dist",
        "projected_dist",
        "rate_density_dist",
        "rate_extended_dist",
        "relativistic_breit_wigner_dist",
        "roorecursivefraction_dist",
        "truth_model_function",
        "uniform_dist",
        "weighted_sum_dist",
        "CMS::ggZZ_background_dist",
        "CMS::qqZZ_background_dist",
    ]
)
FUNCTIONS: Final = frozenset(
    [
        "derivative",
        "gauss_model_function",
        "generic_function",
        "histogram",
        "integral",
        "interpolation",
        "interpolation0d",
        "inverse_binvolume",
        "polynomial",
        "product",
        "step",
        "sum",
        "truth_model_function",
        "CMS::asympow",
        "CMS::process_normalization",
    ]
)
DATA: Final = frozenset({"binned", "point", "unbinned"})
DOMAINS: Final = frozenset({"product_domain"})
MODIFIERS: Final = frozenset(
    {"normfactor", "normsys", "histosys", "shapesys", "staterror", "shapefactor", "custom"}
)

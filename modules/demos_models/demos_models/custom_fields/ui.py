# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""How the custom fields look in the deposit form and on the landing page."""

from invenio_i18n import lazy_gettext as _

from .schemas import ENERGY_UNITS, LUMINOSITY_UNITS, RESULT_QUANTITIES

TEMPLATE = "demos_models/custom_fields/group.html"


def _flat(field, widget, label, help_text, placeholder, **props):
    return {
        "field": field,
        "ui_widget": widget,
        "props": {"label": label, "placeholder": placeholder, "helpText": help_text, **props},
    }


def _group(field, label, help_text, subfields, add_label=None):
    """Describe a nested field for the widget ``FieldGroup`` and the landing page.

    Args:
        field: the custom field's name.
        label: its title.
        help_text: a line below it.
        subfields: its parts, see ``_part``.
        add_label: for a list, what the button says that adds an item.
    """
    props = {"label": label, "helpText": help_text, "subfields": subfields}
    if add_label:
        props["addLabel"] = add_label
    return {"field": field, "ui_widget": "FieldGroup", "template": TEMPLATE, "props": props}


def _part(name, label, width, placeholder="", *, kind="text", options=(), required=False):
    """Describe one part of a nested field.

    Args:
        name: its name in the schema.
        label: its title.
        width: of the form's 16 columns.
        placeholder: an example.
        kind: ``text``, ``number``, ``numbers`` (a list) or ``select``.
        options: for ``select``, the values.
        required: whether a group that is filled in needs it.
    """
    return {
        "name": name,
        "label": label,
        "width": width,
        "placeholder": placeholder,
        "kind": kind,
        "required": required,
        **({"options": [{"id": o, "title_l10n": o} for o in options]} if options else {}),
    }


def _quantity(value_label, placeholder, units):
    return [
        _part("value", value_label, 8, placeholder, kind="number", required=True),
        _part("unit", _("Unit"), 8, units[-1], kind="select", options=units, required=True),
    ]


CUSTOM_FIELDS_UI = [
    {
        "section": _("Statistical model"),
        "fields": [
            _flat(
                "demos:experiment",
                "Input",
                _("Experiment"),
                _("The experiment's short name, as it writes itself."),
                "ATLAS",
            ),
            _flat(
                "demos:collaboration",
                "MultiInput",
                _("Collaborations"),
                _("Several for a combination."),
                "ATLAS Collaboration",
                additionLabel=_("Add: "),
            ),
            _flat(
                "demos:analysis",
                "Input",
                _("Analysis identifier"),
                _("The experiment's own name of the analysis."),
                "ATLAS-SUSY-2018-31",
            ),
            _group(
                "demos:energy",
                _("Centre-of-mass energies"),
                _("One for each data set that the model describes."),
                _quantity(_("Energy"), "13", ENERGY_UNITS),
                add_label=_("Add energy"),
            ),
            _group(
                "demos:luminosity",
                _("Integrated luminosity"),
                "",
                _quantity(_("Luminosity"), "139", LUMINOSITY_UNITS),
            ),
            _group(
                "demos:references",
                _("The analysis elsewhere"),
                _("The paper, its data and its code."),
                [
                    _part("hepdata", "HEPData", 8, "ins1748602"),
                    _part("inspire", _("INSPIRE record number"), 8, "1748602"),
                    _part("arxiv", "arXiv", 8, "1908.03122"),
                    _part("doi", _("DOI of the paper"), 8, "10.1007/JHEP12(2019)060"),
                    _part("zenodo", "Zenodo", 8, "10.5281/zenodo.1234567"),
                    _part("github", "GitHub", 8, "https://github.com/scikit-hep/pyhf"),
                ],
            ),
            _flat(
                "demos:framework",
                "Input",
                _("Framework"),
                _("What evaluates the model, where it has no HistFactory or HS3 file."),
                "Combine",
            ),
            _group(
                "demos:container",
                _("Container image"),
                _("An image that runs the model."),
                [
                    _part("image", _("Image"), 10, "ghcr.io/owner/name:1.0", required=True),
                    _part("registry", _("Registry"), 6, "ghcr.io"),
                    _part("uuid", _("UUID of the container"), 16),
                ],
            ),
            _group(
                "demos:results",
                _("Results that the model should give again"),
                _(
                    "From the publication. After publishing, the portal computes them from the "
                    "model and shows both."
                ),
                [
                    _part(
                        "quantity",
                        _("Quantity"),
                        8,
                        kind="select",
                        options=RESULT_QUANTITIES,
                        required=True,
                    ),
                    _part("values", _("Values"), 8, "0.24", kind="numbers", required=True),
                    _part("mu", _("Signal strength"), 4, "1", kind="number"),
                    _part("tolerance", _("Relative tolerance"), 4, "0.05", kind="number"),
                    _part("patch", _("Patch"), 8, "sbottom_1300_205_60"),
                    _part("measurement", _("Measurement"), 8),
                    _part("file", _("File"), 8, "workspace.json"),
                ],
                add_label=_("Add result"),
            ),
        ],
    }
]

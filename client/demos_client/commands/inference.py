# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos cls`, `limit`, `fit`, `scan`, `grid`, `yields` and `crosscheck` on local files.

The first two also take models of a portal, which computes there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, update_wrapper
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol, cast

import click

from demos_client.commands import inference_remote
from demos_client.files import FILES_ARGUMENT, JSON_OPTION, READABLE, each, source, working
from demos_client.outcome import CANNOT, FINE, fail, plain, print_json, worst
from demos_client.tables import print_table

# The engine is imported where it is used: numpy would slow down `--help`.

STATISTICS: Final = click.Choice(["qtilde", "q", "q0"])
LIMIT_STATISTICS: Final = click.Choice(["qtilde", "q"])
ENGINES: Final = click.Choice(["demos", "pyhf"])
BAND: Final = ("-2 sigma", "-1 sigma", "median", "+1 sigma", "+2 sigma")

Answer = dict[str, Any]


class Engine(Protocol):
    """What both engines answer for a loaded model."""

    def cls(self, mu: float, statistic: str) -> Answer:
        """CLs."""

    def limit(self, level: float, statistic: str) -> Answer:
        """Upper limits."""

    def fit(self, intervals: tuple[str, ...]) -> Answer:
        """The best fit."""

    def scan(self, parameters: tuple[str, ...], points: int) -> Answer:
        """A profile likelihood scan."""

    def yields(self, stage: str) -> Answer:
        """Expected yields."""


class Native:
    """The answers of `demos_engine`."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def cls(self, mu: float, statistic: str) -> Answer:
        """CLs at a signal strength."""
        return self._dict(self.model.cls(mu, test_stat=statistic))

    def limit(self, level: float, statistic: str) -> Answer:
        """Upper limits."""
        found = self._dict(self.model.upper_limit(level, test_stat=statistic))
        tests = found.pop("tests")
        curve = [{k: test[k] for k in ("mu", "CLs_obs", "CLs_exp")} for test in tests]
        return {**found, "status": "converged", "curve": curve}

    def fit(self, intervals: tuple[str, ...]) -> Answer:
        """The best fit."""
        return self._dict(self.model.fit(intervals=intervals))

    def scan(self, parameters: tuple[str, ...], points: int) -> Answer:
        """A scan in one or two parameters within three uncertainties."""
        if len(parameters) < 2:
            found = self.model.scan(*parameters[:1], points=points)
        else:
            axes = {name: self.model.scan(name, points=points).points[0] for name in parameters}
            found = self.model.scan(axes)
        return {**self._dict(found), "status": "converged"}

    def yields(self, stage: str) -> Answer:
        """Expected yields with uncertainties."""
        return {**self._dict(self.model.expected(stage)), "status": "converged"}

    @staticmethod
    def _dict(result: Any) -> Answer:
        found: Answer = result.to_dict()
        return found


@dataclass(frozen=True)
class Choice:
    """Which model of a file is meant, and which engine answers.

    Args:
        patch: A JSON Patch file, or a name in ``patchset``.
        patchset: A patchset file.
        measurement: Name of a measurement.
        poi: Parameter of interest instead of the measurement's.
        engine: ``demos`` or ``pyhf``.
    """

    patch: str | None = None
    patchset: str | None = None
    measurement: str | None = None
    poi: str | None = None
    engine: str = "demos"

    def workspace(self, file: str) -> Any:
        """A pyhf workspace: the file's bytes if it is one, else converted."""
        found = source(file)
        raw = found if isinstance(found, bytes) else found.read_bytes()
        return raw if b'"channels"' in raw and raw.lstrip()[:1] == b"{" else _converted(raw, self)

    def operations(self, workspace: Any) -> Any:
        """The JSON Patch that is meant, or None."""
        from demos_engine import PatchSet  # noqa: PLC0415

        if self.patch is None:
            return None
        if self.patchset is None:
            path = Path(self.patch)
            if not path.is_file():
                message = f"--patch {self.patch} is no file; a name needs --patchset FILE."
                raise click.UsageError(message)
            return path.read_bytes()
        patches = PatchSet.load(Path(self.patchset).read_bytes())
        patches.verify(workspace)
        return patches[self.patch].operations

    def load(self, file: str) -> Engine:
        """The file's model in the chosen engine."""
        workspace = self.workspace(file)
        operations = self.operations(workspace)
        if self.engine == "pyhf":
            return _reference(workspace, operations, self)
        from demos_engine import Model  # noqa: PLC0415

        return Native(Model.load(workspace, self.measurement, operations, poi=self.poi))


def _pyhf() -> Any:
    """The module that asks pyhf, where that is installed."""
    try:
        return import_module("demos_client.commands.inference_pyhf")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in {"pyhf", "jsonpatch"}:
            raise
        raise Refused("unavailable", "pyhf is not installed: pip install pyhf") from None


def _reference(workspace: Any, operations: Any, choice: Choice) -> Engine:
    """The model in pyhf."""
    return cast(Engine, _pyhf().load(workspace, operations, choice.measurement, choice.poi))


def _converted(raw: bytes, choice: Choice) -> Any:
    """A workspace from anything that the formats know: compressed, HS3, DEMOS."""
    from demos_formats.convert import convert_demos_to_pyhf, convert_hs3_to_pyhf  # noqa: PLC0415
    from demos_formats.document import load  # noqa: PLC0415
    from demos_formats.patching import workspace  # noqa: PLC0415

    document = load(raw)
    if document.format == "demos":
        return convert_demos_to_pyhf(document.content, measurement=choice.measurement)[0]
    if document.format == "hs3":
        return convert_hs3_to_pyhf(document.content, measurement=choice.measurement)[0]
    return workspace(document)


class Refused(Exception):
    """A question that has no answer.

    Args:
        code: Named reason.
        message: The same in words.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _answer(file: str, choice: Choice, ask: Callable[[], Answer], as_json: bool) -> Answer | int:
    """The answer, or the exit code after its failure was shown."""
    from demos_engine import InferenceError, ModelError  # noqa: PLC0415
    from demos_formats.errors import FormatError  # noqa: PLC0415
    from demos_formats.findings import error  # noqa: PLC0415

    try:
        with working(f"Computing {file}"):
            return {"file": file, "engine": choice.engine, **ask()}
    except FormatError as problem:
        return fail(problem, file, as_json=as_json)
    except ModelError as problem:
        finding = error(problem.code, problem.pointer, problem.message)
        return fail(FormatError(finding), file, as_json=as_json)
    except (InferenceError, Refused) as problem:
        message = getattr(problem, "message", str(problem))
        if as_json:
            shown = {"file": file, "engine": choice.engine, "status": problem.code}
            print_json({**shown, "message": message})
        else:
            click.echo(plain(f"{file}: {problem.code}: {message}"), err=True)
        return CANNOT


def _run(
    files: tuple[str, ...],
    choice: Choice,
    ask: Callable[[Engine], Answer],
    show: Callable[[Answer], None],
    as_json: bool,
    *,
    remote: tuple[str, Answer] | None = None,
) -> None:
    """Answer for every file, print, and end with the worst exit code.

    ``remote`` is the operation and its parameters where a portal can be asked.
    """
    codes = []
    for file in each(files, "Computing"):
        model = inference_remote.model_of(file) if remote else None
        if remote and model:
            codes.append(_remotely(model, choice, remote, show, as_json))
            continue
        answer = _answer(file, choice, lambda name=file: ask(choice.load(name)), as_json)  # type: ignore[misc]
        codes.append(answer if isinstance(answer, int) else _print(answer, show, as_json))
    click.get_current_context().exit(worst(codes))


def _remotely(
    model: str,
    choice: Choice,
    remote: tuple[str, Answer],
    show: Callable[[Answer], None],
    as_json: bool,
) -> int:
    """Have the portal answer; refuse what its model has no choice of."""
    for name in ("patchset", "measurement", "poi"):
        if getattr(choice, name) is not None:
            raise click.UsageError(f"--{name} is for files, not for a model of a portal.")
    operation, parameters = remote
    return inference_remote.answer(
        model, operation, parameters, patch=choice.patch, show=show, as_json=as_json
    )


def _print(answer: Answer, show: Callable[[Answer], None], as_json: bool) -> int:
    if as_json:
        print_json(answer)
    else:
        show(answer)
    return FINE if answer.get("status", "converged") == "converged" else CANNOT


def _options(
    command: Callable[..., None], files: Callable[..., Any] = FILES_ARGUMENT
) -> Callable[..., None]:
    """The options that all commands share, gathered in a `Choice`."""

    def gathered(
        patch: str | None,
        patchset: str | None,
        measurement: str | None,
        poi: str | None,
        engine: str,
        **rest: Any,
    ) -> None:
        command(choice=Choice(patch, patchset, measurement, poi, engine), **rest)

    update_wrapper(gathered, command)
    for decorate in (
        JSON_OPTION,
        click.option("--engine", type=ENGINES, default="demos", show_default=True),
        click.option("--poi", help="Parameter of interest instead of the measurement's."),
        click.option("--measurement", help="Which measurement; the first if not given."),
        click.option("--patchset", type=READABLE, help="The patchset that --patch names one of."),
        click.option("--patch", help="A JSON Patch file, or a name in --patchset."),
        files,
    ):
        gathered = decorate(gathered)
    return gathered


_options_of_models = partial(_options, files=inference_remote.TARGETS_ARGUMENT)

STATISTIC_OPTION = click.option(
    "--test-stat", "statistic", type=STATISTICS, default="qtilde", show_default=True
)


@click.command
@_options_of_models
@click.option("--mu", type=float, default=None, help="Signal strength [default: 1; 0 for q0].")
@STATISTIC_OPTION
def cls(
    files: tuple[str, ...], choice: Choice, mu: float | None, statistic: str, as_json: bool
) -> None:
    """Asymptotic CLs of FILES, observed and expected.

    A model of the portal that you are signed in to, by its identifier, DOI or address, is computed
    there.
    """
    strength = mu if mu is not None else 0.0 if statistic == "q0" else 1.0
    parameters = {"mu": strength, "test_stat": statistic, "engine": choice.engine}
    remote = ("cls", parameters)
    _run(files, choice, lambda m: m.cls(strength, statistic), _show_cls, as_json, remote=remote)


@click.command
@_options_of_models
@click.option("--level", type=click.FloatRange(0, 1, True, True), default=0.95, show_default=True)
@click.option("--test-stat", "statistic", type=LIMIT_STATISTICS, default="qtilde")
def limit(
    files: tuple[str, ...], choice: Choice, level: float, statistic: str, as_json: bool
) -> None:
    """Upper limits on the signal strength of FILES, observed and expected.

    A model of the portal that you are signed in to, by its identifier, DOI or address, is computed
    there, with the statistic qtilde.
    """
    parameters = {"confidence_level": level, "test_stat": statistic, "engine": choice.engine}
    remote = ("upper_limit", parameters)
    _run(files, choice, lambda m: m.limit(level, statistic), _show_limit, as_json, remote=remote)


@click.command
@_options
@click.option("--interval", "intervals", multiple=True, help="Profile interval of a parameter.")
def fit(files: tuple[str, ...], choice: Choice, intervals: tuple[str, ...], as_json: bool) -> None:
    """Fit FILES: best values, uncertainties, and whether there is a second minimum."""
    _run(files, choice, lambda m: m.fit(intervals), _show_fit, as_json)


@click.command
@_options
@click.option("--parameter", "parameters", multiple=True, help="One or two [default: the POI].")
@click.option("--points", type=click.IntRange(2, 1001), default=21, show_default=True)
def scan(
    files: tuple[str, ...],
    choice: Choice,
    parameters: tuple[str, ...],
    points: int,
    as_json: bool,
) -> None:
    """Profile likelihood of FILES in one or two parameters."""
    if len(parameters) > 2:
        raise click.UsageError("A scan has one or two parameters.")
    _run(files, choice, lambda m: m.scan(parameters, points), _show_scan, as_json)


@click.command
@_options
@click.option(
    "--stage", type=click.Choice(["prefit", "postfit"]), default="postfit", show_default=True
)
def yields(files: tuple[str, ...], choice: Choice, stage: str, as_json: bool) -> None:
    """Expected yields of FILES per channel and sample."""
    _run(files, choice, lambda m: m.yields(stage), _show_yields, as_json)


@click.command
@_options
@click.option("--mu", type=float, default=1.0, show_default=True, help="Signal strength.")
@STATISTIC_OPTION
def grid(files: tuple[str, ...], choice: Choice, mu: float, statistic: str, as_json: bool) -> None:
    """CLs of every signal of --patchset on the backgrounds FILES (of one, with --patch)."""
    if choice.patchset is None:
        raise click.UsageError("A grid needs --patchset FILE.")
    ask = partial(_grid, choice=choice, mu=mu, statistic=statistic)
    codes = []
    for file in files:
        answer = _answer(file, choice, partial(ask, file), as_json)
        codes.append(answer if isinstance(answer, int) else _print(answer, _show_grid, as_json))
    click.get_current_context().exit(worst(codes))


def _grid(file: str, choice: Choice, mu: float, statistic: str) -> Answer:
    from demos_engine import Model, PatchSet  # noqa: PLC0415

    patches = PatchSet.load(Path(str(choice.patchset)).read_bytes())
    names = None if choice.patch is None else [choice.patch]
    workspace = choice.workspace(file)
    if choice.engine == "demos":
        model = Model.load(workspace, choice.measurement, poi=choice.poi)
        found: Answer = model.grid(patches, mu, test_stat=statistic, names=names).to_dict()
        return found
    patches.verify(workspace)
    points = []
    for patch in patches if names is None else [patches[name] for name in names]:
        result = _reference(workspace, patch.operations, choice).cls(mu, statistic)
        points.append({"name": patch.name, "values": list(patch.values), "result": result})
    return {"labels": list(patches.labels), "points": points, "mu": mu, "test_stat": statistic}


@click.command
@_options
@click.option("--mu", type=float, default=1.0, show_default=True, help="Signal strength.")
def crosscheck(files: tuple[str, ...], choice: Choice, mu: float, as_json: bool) -> None:
    """Ask both engines for CLs of FILES (the best fit without a POI), and time them."""
    codes = []
    for file in files:
        answer = _answer(file, choice, partial(_both, file, choice, mu), as_json)
        codes.append(answer if isinstance(answer, int) else _print(answer, _show_both, as_json))
    click.get_current_context().exit(worst(codes))


def _both(file: str, choice: Choice, mu: float) -> Answer:
    from demos_engine import Model  # noqa: PLC0415

    raw = choice.workspace(file)
    operations = choice.operations(raw)
    poi = Model.load(raw, choice.measurement, operations, poi=choice.poi).poi
    what, key = ("fit", "twice_nll") if poi is None else ("cls", "CLs_obs")
    found: Answer = {"operation": what, "mu": mu if what == "cls" else None}
    reference = _pyhf()  # Its import is not what is timed.
    for name in ("demos", *reference.BACKENDS):
        engine = "demos" if name == "demos" else "pyhf"
        chosen = Choice(choice.patch, choice.patchset, choice.measurement, choice.poi, engine)
        with reference.backend(name):
            began = time.perf_counter()
            model = chosen.load(file)
            loaded = time.perf_counter()
            answer = model.fit(()) if what == "fit" else model.cls(mu, "qtilde")
            ended = time.perf_counter()
        seconds = {"load_seconds": loaded - began, "seconds": ended - loaded}
        found[name] = {key: answer[key], "status": answer["status"], **seconds}
    pair = [found[name][key] for name in ("demos", "pyhf")]
    difference = None if None in pair else pair[0] - pair[1]
    return {**found, "difference": difference, "status": found["demos"]["status"]}


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


def _title(answer: Mapping[str, Any]) -> str:
    return f"{answer['file']} ({answer['engine']})"


def _show_cls(answer: Answer) -> None:
    rows = [("observed", _number(answer["CLs_obs"]))]
    rows += [(n, _number(x)) for n, x in zip(BAND, answer["CLs_exp"], strict=True)]
    print_table(["CLs", f"mu = {answer['mu']:g}"], rows, _title(answer))


def _show_limit(answer: Answer) -> None:
    rows = [("observed", _number(answer["observed"]))]
    rows += [(n, _number(x)) for n, x in zip(BAND, answer["expected"], strict=True)]
    print_table(["upper limit", f"{answer['confidence_level']:.0%}"], rows, _title(answer))


def _show_fit(answer: Answer) -> None:
    errors = answer["uncertainties"] or [None] * len(answer["parameters"])
    names = answer["parameter_names"]
    rows = [
        (name, _number(value), _number(error))
        for name, value, error in zip(names, answer["parameters"], errors, strict=True)
    ]
    print_table(["parameter", "value", "uncertainty"], rows, _title(answer))
    click.echo(f"2 NLL {_number(answer['twice_nll'])}, {answer['status']}", err=True)
    for name, interval in (answer.get("intervals") or {}).items():
        ends = f"{_number(interval['minus'])} {_number(interval['plus'])}"
        click.echo(plain(f"{name}: {_number(interval['value'])} {ends}"), err=True)
    second = answer.get("second_minimum")
    if second:
        click.echo(f"There is another minimum at 2 NLL {_number(second['twice_nll'])}.", err=True)


def _show_scan(answer: Answer) -> None:
    names, points, rise = answer["parameters"], answer["points"], answer["delta_twice_nll"]
    if len(names) == 1:
        rows = [[_number(x), _number(y)] for x, y in zip(points[0], rise, strict=True)]
    else:
        rows = [
            [_number(x), _number(y), _number(z)]
            for x, line in zip(points[0], rise, strict=True)
            for y, z in zip(points[1], line, strict=True)
        ]
    print_table([*names, "2 delta NLL"], rows, _title(answer))


def _show_yields(answer: Answer) -> None:
    rows = []
    for channel in answer["channels"]:
        for bin_, count in enumerate(channel["observed"]):
            cells = [
                (name, found["yields"][bin_], found["uncertainties"])
                for name, found in channel["samples"].items()
            ]
            total = ("total", channel["total"][bin_], channel["total_uncertainties"])
            rows += [
                (channel["name"], bin_, name, _number(value), _number(error and error[bin_]))
                for name, value, error in (*cells, total)
            ]
            rows.append((channel["name"], bin_, "data", _number(count), "-"))
    print_table(["channel", "bin", "sample", "yield", "uncertainty"], rows, _title(answer))


def _show_grid(answer: Answer) -> None:
    rows = []
    for point in answer["points"]:
        result = point["result"]
        shown = (
            [_number(result["CLs_obs"]), _number(result["CLs_exp"][2])] if result else ["-", "-"]
        )
        why = point.get("code") or ""
        rows.append([point["name"], *point["values"], *shown, why])
    heads = ["signal", *answer["labels"], "CLs", "expected", "problem"]
    print_table(heads, rows, _title(answer))


def _show_both(answer: Answer) -> None:
    key = "CLs_obs" if answer["operation"] == "cls" else "twice_nll"
    rows = [
        (
            name,
            _number(answer[name][key]),
            f"{answer[name]['load_seconds']:.4f}",
            f"{answer[name]['seconds']:.4f}",
        )
        for name in ("demos", "pyhf", "pyhf-jax")
        if name in answer
    ]
    print_table(["engine", key, "load s", "compute s"], rows, answer["file"])
    click.echo(json.dumps({"difference": answer["difference"]}), err=True)

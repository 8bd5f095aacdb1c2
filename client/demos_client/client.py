# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Models and runs of a DEMOS portal, from Python.

from demos_client import Client

model = Client("https://portal.example.org").model("10.17182/hepdata.90607.v4/r1")
model.cls(patch="C1N2_Wh_hbb_900_300")["CLs_obs"]
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from demos_client.http import Http, PortalError
from demos_client.settings import Settings, cache_folder, load

OPEN: Final = ("accepted", "running")
LONG_POLL: Final = 20

LEVEL: Final = (
    "level is ambiguous (pyhf means the size of the test by it, others the confidence): "
    "give confidence_level, such as 0.95"
)

Json = dict[str, Any]
Signal = Mapping[str, Sequence[float]]
Progress = Callable[[Json], object]


class RunFailed(PortalError):
    """A run ended without a result.

    Args:
        run: The run as the portal shows it.
    """

    def __init__(self, run: Json) -> None:
        super().__init__(f"{run['status']} ({run['reason']}): {run['message']}")
        self.run = run
        self.reason = run["reason"]


def arrays(value: Any) -> Any:
    """Return NumPy arrays of lists of numbers.

    Args:
        value: A result, or a part of one.

    Returns:
        The same with every list of numbers (nested ones too, if regular) as a float array; null
        becomes NaN.

    >>> arrays({"CLs_exp": [0.1, None]})
    {'CLs_exp': array([0.1, nan])}
    """
    if isinstance(value, dict):
        return {k: arrays(v) for k, v in value.items()}
    if not isinstance(value, list):
        return value
    try:
        found = np.array(value, dtype=float)
    except (TypeError, ValueError):
        return [arrays(v) for v in value]
    return found if value else value


class Run:
    """A run on the portal.

    Args:
        http: The portal.
        state: The run as the portal shows it.
    """

    def __init__(self, http: Http, state: Json) -> None:
        self._http = http
        self.state = state

    def __repr__(self) -> str:
        return f"<Run {self.id}: {self.state['operation']}, {self.state['status']}>"

    @property
    def id(self) -> str:
        """Its identifier."""
        return str(self.state["id"])

    @property
    def done(self) -> bool:
        """Whether it has ended, as last seen."""
        return self.state["status"] not in OPEN

    def refresh(self, wait: int = 0) -> Run:
        """Ask how it is.

        Args:
            wait: Seconds to wait for its end.

        Returns:
            Itself.
        """
        headers = {"Prefer": f"wait={wait}"} if wait else {}
        self.state = self._http.call("GET", f"/runs/{self.id}", headers=headers).json()
        return self

    def wait(self, timeout: float | None = None, progress: Progress | None = None) -> Run:
        """Wait for its end.

        Args:
            timeout: Seconds; None for as long as it takes.
            progress: Called with the run's state whenever it was asked for.

        Returns:
            Itself.

        Raises:
            TimeoutError: It has not ended.
        """
        end = None if timeout is None else time.monotonic() + timeout
        step = 1 if progress else LONG_POLL
        while not self.done:
            left = step if end is None else min(step, end - time.monotonic())
            if left <= 0:
                raise TimeoutError(f"run {self.id} is still {self.state['status']}")
            self.refresh(wait=max(1, int(left)))
            if progress:
                progress(self.state)
        return self

    def result(self, timeout: float | None = None, progress: Progress | None = None) -> Json:
        """Wait for its result.

        Args:
            timeout: Seconds; None for as long as it takes.
            progress: Called with the run's state whenever it was asked for.

        Returns:
            The result; lists of numbers are NumPy arrays.

        Raises:
            RunFailed: It ended without one.
            TimeoutError: It has not ended.
        """
        self.wait(timeout, progress)
        if self.state["status"] != "successful":
            raise RunFailed(self.state)
        raw = self.state.get("results")
        if raw is None:
            raw = self._http.call("GET", f"/runs/{self.id}/results").json()
        found: Json = arrays(raw)
        return found

    def log(self) -> str:
        """Return what it wrote."""
        return self._http.call("GET", f"/runs/{self.id}/logs").text

    def provenance(self) -> Json:
        """Return how the result came about, as RO-Crate metadata."""
        found: Json = self._http.call("GET", f"/runs/{self.id}/provenance").json()
        return found

    def cancel(self) -> Run:
        """End it."""
        self.state = self._http.call("POST", f"/runs/{self.id}/cancel", repeat=True).json()
        return self


class Model:
    """A model of the portal.

    Args:
        http: The portal.
        id: Its identifier, DOI or another name.
    """

    def __init__(self, http: Http, id: str) -> None:
        self._http = http
        self.id = id

    def __repr__(self) -> str:
        return f"<Model {self.id}>"

    def info(self) -> Json:
        """Return its entry: metadata, structure, sources."""
        found: Json = self._http.call("GET", f"/models/{self.id}").json()
        return found

    def describe(self) -> Json:
        """Return how it can be run: operations with their JSON Schemas, limits, estimate."""
        found: Json = self._http.call("GET", f"/models/{self.id}/execute").json()
        return found

    def patches(self) -> list[Json]:
        """List the signals of its patchsets: name and values."""
        found: list[Json] = self._http.call("GET", f"/models/{self.id}/patches").json()["hits"][
            "hits"
        ]
        return found

    def file(self, format: str = "source", dialect: str | None = None) -> bytes:
        """Download it; a file that was downloaded before is taken from this machine.

        Args:
            format: ``source``, ``pyhf``, ``hs3`` or ``demos``.
            dialect: Of HS3.

        Returns:
            The file.
        """
        given = {"format": format, **({"dialect": dialect} if dialect else {})}
        question = json.dumps([self._http.base, self.id, given], sort_keys=True)
        folder = cache_folder() / "files"
        index = folder / f"{hashlib.sha256(question.encode()).hexdigest()}.json"
        headers: dict[str, str] = {}
        kept: bytes | None = None
        if index.exists():
            known = json.loads(index.read_text(encoding="utf-8"))
            stored = folder / known["sha256"]
            if stored.exists():
                kept = stored.read_bytes()
                if hashlib.sha256(kept).hexdigest() == known["sha256"]:
                    headers["If-None-Match"] = known["etag"]
        response = self._http.call("GET", f"/models/{self.id}/file", params=given, headers=headers)
        if response.status_code == 304 and kept is not None:
            return kept
        data = response.content
        if etag := response.headers.get("ETag"):
            folder.mkdir(parents=True, exist_ok=True)
            sha256 = hashlib.sha256(data).hexdigest()
            (folder / sha256).write_bytes(data)
            index.write_text(json.dumps({"etag": etag, "sha256": sha256}), encoding="utf-8")
        return data

    def workspace(self) -> Any:
        """Return it as pyhf's workspace.

        Returns:
            A ``pyhf.Workspace``.

        Raises:
            ImportError: pyhf is not installed.
        """
        import pyhf  # noqa: PLC0415 - large, and only wanted here

        return pyhf.Workspace(json.loads(self.file("pyhf")))

    def start(
        self,
        operation: str | None = None,
        inputs: Json | None = None,
        parameters: Json | None = None,
        *,
        wait: int | None = None,
    ) -> Run:
        """Start a run; a fast one comes back finished.

        Args:
            operation: Such as ``cls``; the model's default one if left out.
            inputs: Signal and fixed parameters.
            parameters: Of the operation.
            wait: Seconds to wait for its end; the portal's default if None, 0 not to wait.

        Returns:
            The run.

        Raises:
            PortalError: The request is refused, with the places in ``errors``.
            TypeError: ``level`` is given: tools mean opposite things by it.
        """
        if "level" in (parameters or {}):
            raise TypeError(LEVEL)
        body: Json = {"inputs": inputs or {}, "parameters": parameters or {}}
        if operation is not None:
            body["operation"] = operation
        # With the key a repetition after a lost answer cannot run it twice.
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        if wait is not None:
            headers["Prefer"] = f"wait={wait}" if wait else "respond-async"
        path = f"/models/{self.id}/run"
        response = self._http.call("POST", path, json=body, headers=headers, repeat=True)
        return Run(self._http, response.json())

    def run(
        self,
        operation: str | None = None,
        inputs: Json | None = None,
        parameters: Json | None = None,
        *,
        timeout: float | None = None,
        progress: Progress | None = None,
    ) -> Json:
        """Run it and wait for the result.

        Args:
            operation: Such as ``cls``; the model's default one if left out.
            inputs: Signal and fixed parameters.
            parameters: Of the operation.
            timeout: Seconds; None for as long as it takes.
            progress: Called with the run's state whenever it was asked for.

        Returns:
            The result; lists of numbers are NumPy arrays.
        """
        return self.start(operation, inputs, parameters).result(timeout, progress)

    def ask(
        self,
        operation: str,
        *,
        signal: Signal | None = None,
        sample: str = "signal",
        patch: str | list[Json] | Json | None = None,
        fixed: Mapping[str, Any] | None = None,
        bounds: Mapping[str, Sequence[float]] | None = None,
        **parameters: Any,
    ) -> Json:
        """Ask the portal a question about the model.

        Args:
            operation: One of ``describe()["operations"]``, such as ``cls``.
            signal: Events per bin, by channel.
            sample: Name of that signal.
            patch: A patch's name, ``{"point": [900, 300]}``, or a JSON Patch.
            fixed: Parameters that are held at a value.
            bounds: Bounds of parameters.
            **parameters: Of the operation, such as ``mu`` or ``test_stat``.

        Returns:
            The result; lists of numbers are NumPy arrays.

        Raises:
            PortalError: The request is refused, with the places in ``errors``.
            RunFailed: The run ended without a result.
            TypeError: ``level`` is given: tools mean opposite things by it.
        """
        inputs = inputs_of(signal=signal, sample=sample, patch=patch, fixed=fixed, bounds=bounds)
        return self.run(operation, inputs, parameters)

    def cls(self, mu: float | None = None, **question: Any) -> Json:
        """Compute CLs of a signal.

        Args:
            mu: Tested value of the parameter of interest; 1 if not given, 0 for ``q0``.
            **question: Signal and parameters as ``ask`` takes them, such as ``test_stat``.

        Returns:
            ``CLs_obs``, ``CLs_exp`` (-2 to +2 standard deviations) and how they came about.
        """
        given: Json = {} if mu is None else {"mu": mu}
        return self.ask("cls", **given, **question)

    def upper_limit(self, confidence_level: float = 0.95, **question: Any) -> Json:
        """Compute the upper limit on the parameter of interest.

        Args:
            confidence_level: Such as 0.95.
            **question: Signal and parameters as ``ask`` takes them.

        Returns:
            ``observed`` and ``expected`` (-2 to +2 standard deviations).
        """
        return self.ask("upper_limit", confidence_level=confidence_level, **question)

    def fit(self, **question: Any) -> Json:
        """Fit all parameters.

        Args:
            **question: Signal and parameters as ``ask`` takes them, such as ``correlations``.

        Returns:
            ``values`` and ``uncertainties`` by parameter, ``twice_nll``.
        """
        return self.ask("fit", **question)

    def significance(self, **question: Any) -> Json:
        """Compute the significance of an excess.

        Args:
            **question: Signal and parameters as ``ask`` takes them.

        Returns:
            ``p0``, ``Z``, ``p0_exp``, ``Z_exp``.
        """
        return self.ask("significance", **question)

    def gof(self, **question: Any) -> Json:
        """Test the goodness of fit against the saturated model.

        Args:
            **question: Signal and parameters as ``ask`` takes them, such as ``toys``.

        Returns:
            ``statistic``, ``dof``, ``p_value`` and ``calculator``.
        """
        return self.ask("gof", **question)

    def contour(self, first: str, second: str, **question: Any) -> Json:
        """Find contours of the profile likelihood in two parameters.

        Args:
            first: A parameter.
            second: Another.
            **question: Signal and parameters as ``ask`` takes them, such as ``levels``.

        Returns:
            ``points`` by confidence level and ``best_fit``.
        """
        return self.ask("contour", parameters=[first, second], **question)

    def grid(self, patches: Sequence[str] | None = None, **parameters: Any) -> Json:
        """Compute CLs of all signals of the patchset.

        Args:
            patches: Only these.
            **parameters: As ``cls`` takes them.

        Returns:
            ``labels`` and ``points``.
        """
        return self.run("grid", {"patches": list(patches)} if patches else {}, parameters)


def inputs_of(
    *,
    signal: Signal | None = None,
    sample: str = "signal",
    patch: str | list[Json] | Json | None = None,
    fixed: Mapping[str, Any] | None = None,
    bounds: Mapping[str, Sequence[float]] | None = None,
) -> Json:
    """Write a request's inputs.

    Args:
        signal: Events per bin, by channel.
        sample: Name of that signal.
        patch: A patch's name, a point or a form of the signal as the API takes it, or a JSON
            Patch.
        fixed: Parameters that are held at a value.
        bounds: Bounds of parameters.

    Returns:
        The inputs.

    Raises:
        ValueError: Both a signal and a patch are given.

    >>> inputs_of(patch="a")
    {'patch': 'a'}
    """
    if signal is not None and patch is not None:
        raise ValueError("a signal is given either by yields or by a patch")
    inputs: Json = {}
    if signal is not None:
        yields = {c: [float(x) for x in values] for c, values in signal.items()}
        inputs["patch"] = {"yields": yields, "sample": sample}
    elif patch is not None:
        inputs["patch"] = {"ops": patch} if isinstance(patch, list) else patch
    if fixed:
        inputs["fixed"] = dict(fixed)
    if bounds:
        inputs["bounds"] = {name: list(pair) for name, pair in bounds.items()}
    return inputs


class Client:
    """A DEMOS portal.

    Args:
        url: Its base URL; as ``demos login`` or ``DEMOS_URL`` say if left out.
        token: A personal access token; likewise.
        verify: Whether its certificate is checked, or the path of one to trust; likewise.
        http: Another way to call it, for tests.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        verify: bool | str | None = None,
        http: Http | None = None,
    ) -> None:
        kept = load()
        if url is not None and url.rstrip("/") != kept.url:
            kept = Settings(url.rstrip("/"), None, kept.verify)
        chosen = Settings(kept.url, token or kept.token, kept.verify if verify is None else verify)
        self.http = http or Http(chosen)

    def model(self, id: str) -> Model:
        """Return a model.

        Args:
            id: Its identifier, DOI or another name.

        Returns:
            The model; nothing is asked yet.
        """
        return Model(self.http, id)

    def search(self, q: str = "", size: int = 25, **filters: str) -> Iterator[Json]:
        """Find models.

        Args:
            q: Words, or a query.
            size: How many at most.
            **filters: Such as ``experiment`` or ``channel``.

        Yields:
            Entries.
        """
        given = {k: v for k, v in filters.items() if v}
        page, per_page = 1, min(size, 100)
        while size > 0:
            params = {"q": q, "page": str(page), "size": str(per_page), **given}
            hits = self.http.call("GET", "/models", params=params).json()["hits"]["hits"]
            yield from hits[:size]
            if len(hits) < per_page:
                return
            size -= len(hits)
            page += 1

    def runs(self, **filters: str) -> list[Run]:
        """List my runs, the newest first.

        Args:
            **filters: ``model``, ``status``, ``size``.

        Returns:
            The runs.
        """
        hits = self.http.call("GET", "/runs", params=filters).json()["hits"]["hits"]
        return [Run(self.http, hit) for hit in hits]

    def run(self, id: str) -> Run:
        """Return a run.

        Args:
            id: Its identifier.

        Returns:
            The run.
        """
        return Run(self.http, self.http.call("GET", f"/runs/{id}").json())

# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""OpenSearch's jars, and its ``main`` compiled against them."""

from __future__ import annotations

import shutil

from .. import digest
from ..instance import Instance
from ..steps import Job


def install(instance: Instance, job: Job) -> bool:
    """Fetch the jars through Maven and compile ``Node.java``."""
    source, target = (
        instance.root / "docker" / "opensearch-local",
        instance.installed / "opensearch",
    )
    wanted = digest.of_files([source / "pom.xml", source / "Node.java"])
    if digest.is_stamped(target / "demos-digest", wanted):
        return False
    shutil.rmtree(target, ignore_errors=True)
    job.run(
        [
            *("mvn", "-B", "-ntp", "-f", str(source / "pom.xml"), "dependency:copy-dependencies"),
            *(f"-DoutputDirectory={target}/lib", "-Dmaven.wagon.http.retryHandler.count=3"),
        ]
    )
    jars = ":".join(map(str, sorted((target / "lib").glob("*.jar"))))
    # Eclipse's compiler, because a JRE has none and a JDK is 70 MB.
    compiler = next((target / "lib").glob("ecj-*.jar"))
    job.run(
        [
            *("java", "-jar", str(compiler), "--release", "17", "-cp", jars),
            *("-d", str(target / "classes"), str(source / "Node.java")),
        ]
    )
    compiler.unlink()
    digest.put(target / "demos-digest", wanted)
    return True

"""The door to torch: torchvision opens beside any build of torch, the device is the right one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata, util
from typing import Any

import pytest

from embedviz import torch_runtime
from embedviz.errors import EmbedvizError, MissingDependencyError
from embedviz.torch_runtime import device, load_torchvision, usable_cpus


@pytest.fixture
def _asked_anew() -> Iterator[None]:
    device.cache_clear()
    yield
    device.cache_clear()


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_torchvision_opens_in_a_fresh_process_whatever_it_was_built_for() -> None:
    told = _run(
        "from embedviz.torch_runtime import load_torchvision\n"
        "first, again = load_torchvision(), load_torchvision()\n"
        "assert first is again\n"
        "print(first.__name__, callable(first.models.resnet50))"
    )
    assert told == "torchvision True"


def test_operators_are_declared_only_where_they_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    did: list[str] = []

    def opened_second_time() -> str:
        did.append("opened")
        if "declared" not in did:
            raise RuntimeError("operator torchvision::nms does not exist")
        return "torchvision"

    monkeypatch.setattr(torch_runtime, "_declare_operators", lambda: did.append("declared"))
    monkeypatch.setattr(torch_runtime, "_torchvision", opened_second_time)
    assert load_torchvision() == "torchvision"
    assert did == ["opened", "declared", "opened"]
    assert load_torchvision() == "torchvision"
    assert did.count("declared") == 1


def test_another_misfit_is_said_with_both_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise RuntimeError("compiled with different CUDA major versions")

    monkeypatch.setattr(torch_runtime, "_torchvision", broken)
    with pytest.raises(EmbedvizError, match=r"torch 2.* and torchvision 0.* do not fit .*CUDA"):
        load_torchvision()


@pytest.mark.parametrize("package", ["torch", "torchvision"])
def test_what_is_not_installed_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = util.find_spec
    monkeypatch.setattr(
        torch_runtime.util, "find_spec", lambda name: None if name == package else found(name)
    )
    with pytest.raises(MissingDependencyError, match=f"pip install {package}$"):
        load_torchvision()


@pytest.mark.usefixtures("_asked_anew")
@pytest.mark.parametrize(
    ("version", "driver", "seen", "expected"),
    [
        ("2.13.0", True, True, "cuda"),
        ("2.13.0", True, False, "cpu"),
        ("2.13.0", False, True, "cpu"),
        ("2.13.0+cpu", True, True, "cpu"),
    ],
    ids=["GPU", "driver without GPU", "no driver", "torch for the CPU"],
)
def test_the_device_is_the_gpu_that_torch_sees(
    version: str, driver: bool, seen: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr(metadata, "version", lambda _: version)
    monkeypatch.setattr(torch_runtime, "_loads", lambda _: driver)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: seen)
    assert device() == expected


def test_without_a_driver_the_device_is_known_without_torch() -> None:
    told = _run(
        "import sys\nfrom embedviz import torch_runtime\n"
        "torch_runtime._DRIVERS = ('no-such-library.so',)\n"
        "print(torch_runtime.device(), 'torch' in sys.modules)"
    )
    assert told == "cpu False"


def test_the_threads_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert 1 <= usable_cpus() <= (os.cpu_count() or 1)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert usable_cpus() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert 1 <= usable_cpus() <= (os.cpu_count() or 1)

import hashlib
import json
import pickle
import shutil

import numpy as np
import pytest

from switchboard.errors import DataDamaged
from switchboard.prices.estimate import PriceModel
from switchboard.prices.weights import MAX_BYTES, SHIPPED


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "weights")
    return tmp_path / "weights"


@pytest.fixture
def never_opened(monkeypatch):
    def opened(*_, **__):
        raise AssertionError("numpy opened weights that do not fit their manifest")

    monkeypatch.setattr(np, "load", opened)


def sign(folder):
    content = (folder / "weights.npz").read_bytes()
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def flip_a_byte(folder):
    content = bytearray((folder / "weights.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "weights.npz").write_bytes(content)


def cut(folder):
    content = (folder / "weights.npz").read_bytes()
    (folder / "weights.npz").write_bytes(content[:-100])


def lengthen(folder):
    (folder / "weights.npz").write_bytes(bytes(MAX_BYTES + 1))


def lose_the_weights(folder):
    (folder / "weights.npz").unlink()


def lose_the_manifest(folder):
    (folder / "manifest.json").unlink()


def blank_the_manifest(folder):
    (folder / "manifest.json").write_text("")


def list_the_manifest(folder):
    (folder / "manifest.json").write_text("[]")


def another_version(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))


@pytest.mark.parametrize(
    "damage",
    [
        flip_a_byte,
        cut,
        lengthen,
        lose_the_weights,
        lose_the_manifest,
        blank_the_manifest,
        list_the_manifest,
        another_version,
    ],
)
def test_damaged_weights_are_refused_unopened_with_the_way_to_get_them_back(folder, damage, never_opened):
    damage(folder)
    with pytest.raises(DataDamaged, match=r"python -m switchboard\.prices train") as refused:
        PriceModel.load(folder)
    assert str(folder) not in str(refused.value)


def test_a_pickle_with_a_fitting_manifest_is_not_run(folder, tmp_path):
    class Bomb:
        def __reduce__(self):
            return (type(tmp_path).touch, (tmp_path / "ran",))

    (folder / "weights.npz").write_bytes(pickle.dumps(Bomb()))
    sign(folder)
    with pytest.raises(DataDamaged):
        PriceModel.load(folder)
    np.savez(folder / "weights.npz", names=np.array([Bomb()], dtype=object))
    sign(folder)
    with pytest.raises(DataDamaged):
        PriceModel.load(folder)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"price": np.zeros(3)},
        {"price": np.full(3, np.nan)},
        {"width": np.zeros(2)},
        {"names": np.frombuffer(b"\xff", dtype=np.uint8)},
    ],
)
def test_weights_that_fit_their_manifest_but_not_each_other_are_refused(folder, change):
    with np.load(folder / "weights.npz", allow_pickle=False) as opened:
        arrays = dict(opened)
    np.savez(folder / "weights.npz", allow_pickle=False, **{**arrays, **change})
    sign(folder)
    with pytest.raises(DataDamaged, match="price model"):
        PriceModel.load(folder)


def test_the_shipped_weights_are_small():
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 2_000_000

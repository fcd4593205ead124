"""The catalogue, the embedded sources and the file formats; files are generated here."""

from __future__ import annotations

import calendar
import gzip
import re
import struct
import zipfile

import numpy as np
import pytest

from tutor.model import TutorError
from tutor.training.data import load
from tutor.training.data.catalogue import catalogue, find_source
from tutor.training.data.loading import is_available

EMBEDDED = [source.name for source in catalogue().values() if source.embedded and source.readable]
DOWNLOADS = [source for source in catalogue().values() if not source.embedded]


@pytest.fixture
def originals(tmp_path, monkeypatch):
    """A folder of originals as TUTOR_DATA names one; sizes are not compared, as the files are small stand-ins."""
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path))

    def put(path, data):
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    monkeypatch.setattr("tutor.training.data.loading.available", lambda source: True)
    monkeypatch.setattr("tutor.training.data.loading.locate", lambda file: tmp_path / file.path)
    return put


def idx(array):
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.astype(np.uint8).tobytes())


@pytest.mark.parametrize("name", EMBEDDED)
def test_embedded_sources_load_without_any_download(name):
    data = load(name)
    assert data.name == name
    assert data.note
    if hasattr(data, "x"):
        assert len(data.x) == len(data.y)
        assert data.x.shape[1] == len(data.columns)
        assert np.isfinite(data.x).all()
        assert data.y.dtype == (np.int64 if data.classes else np.float64)
        assert not data.classes or set(data.y) == set(range(len(data.classes)))


def test_digits_are_the_real_ones_and_split_once_and_for_all():
    from sklearn.datasets import load_digits

    data = load("digits")
    pixels, labels = load_digits(return_X_y=True)
    assert data.x_train.shape == (1437, 8, 8)
    assert data.x_test.shape == (360, 8, 8)
    assert data.x_train.dtype == np.float32
    ours = np.concatenate([data.x_train, data.x_test]).reshape(1797, 64).sum(0)
    assert np.allclose(ours, pixels.sum(0) / 16, rtol=1e-4)
    assert np.array_equal(np.bincount(np.r_[data.y_train, data.y_test]), np.bincount(labels))
    assert np.array_equal(load("digits").x_test, data.x_test)


@pytest.mark.parametrize("name", ["diabetes", "breast-cancer", "wine", "iris"])
def test_tables_equal_scikit_learns(name):
    import sklearn.datasets

    loader = getattr(sklearn.datasets, f"load_{name.replace('-', '_')}")
    x, y = loader(return_X_y=True, **({"scaled": False} if name == "diabetes" else {}))
    data = load(name)
    assert np.array_equal(data.x, x)
    assert np.array_equal(data.y, y)


def test_texts_are_long_enough_to_train_on():
    assert len(load("python-docs").text) > 300_000
    assert len(load("python-source").text) > 1_000_000
    assert "def " in load("python-source").text


@pytest.mark.parametrize("name", ["dates", "numbers"])
def test_pairs_are_many_distinct_and_always_the_same(name):
    pairs = load(name).pairs
    assert len(pairs) == len({english for english, _ in pairs}) == 5000
    assert pairs == load(name).pairs
    assert all(english and french for english, french in pairs)
    assert sum(english == french for english, french in pairs) < 50


def test_dates_are_cldrs_in_another_order_and_on_another_clock():
    pairs = load("dates").pairs
    months = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
              "novembre", "décembre")  # fmt: skip
    long = re.compile(r"(?:\w+day, )?(\w{3,}) (\d+), (\d{4})(?: at (\d+):(\d\d)\s([AP]M))?")
    clocks = 0
    for english, french in pairs:
        found = long.fullmatch(english)
        if found and found[1] in calendar.month_name:
            month = months[list(calendar.month_name).index(found[1]) - 1]
            assert f"{found[2]} {month} {found[3]}" in french
            if found[4]:
                hour = int(found[4]) % 12 + 12 * (found[6] == "PM")
                assert french.endswith(f"à {hour:02}:{found[5]}")
                clocks += 1
    assert clocks > 300
    assert any(english.endswith(" ago") and french.startswith("il y a ") for english, french in pairs)
    assert any("\u202f" in english for english, _ in pairs), "the no-break spaces are left for the learner to clean"


def test_numbers_are_said_as_the_french_say_them():
    pairs = dict(load("numbers").pairs)
    assert pairs["seventy"] == "soixante-dix"
    assert pairs["four"] == "quatre"
    assert min(len(english.split()) for english in pairs) == 1
    assert max(len(english.split()) for english in pairs) >= 8


def test_translations_have_a_stand_in():
    data = load("eng-fra", otherwise="dates")
    assert data.name == "dates"
    assert "In place of eng-fra" in data.note


def test_a_stand_in_says_that_it_is_one():
    data = load("fashion-mnist", otherwise="digits")
    assert data.name == "digits"
    assert "In place of fashion-mnist" in data.note
    assert "tutor data fetch" in data.note
    assert not is_available("fashion-mnist")
    assert is_available("digits")
    with pytest.raises(TutorError, match="tutor data fetch fashion-mnist"):
        load("fashion-mnist")


def test_fashion_mnist(originals):
    rng = np.random.default_rng(0)
    train, test = rng.integers(0, 256, (20, 28, 28)), rng.integers(0, 256, (5, 28, 28))
    originals("fashion-mnist/train-images-idx3-ubyte.gz", idx(train))
    originals("fashion-mnist/train-labels-idx1-ubyte.gz", idx(np.arange(20) % 10))
    originals("fashion-mnist/t10k-images-idx3-ubyte.gz", idx(test))
    originals("fashion-mnist/t10k-labels-idx1-ubyte.gz", idx(np.arange(5)))
    data = load("fashion-mnist")
    assert np.allclose(data.x_train * 255, train)
    assert np.allclose(data.x_test * 255, test)
    assert data.y_train.tolist() == [*range(10), *range(10)]
    assert data.classes[9] == "boot"
    few = load("fashion-mnist", train=8, test=3)
    assert len(few.x_train) == len(few.y_train) == 8
    assert len(few.x_test) == 3
    assert "8 to train" in few.note


def test_tables_with_missing_cells_and_words(originals):
    originals(
        "housing.csv",
        b"longitude,total_bedrooms,median_house_value,ocean_proximity\n-122,129,452600,NEAR BAY\n1,,7,INLAND\n",
    )
    housing = load("housing")
    assert housing.columns == ("longitude", "total_bedrooms", "ocean: inland", "ocean: near bay")
    assert np.isnan(housing.x[1, 1])
    assert housing.x[0].tolist() == [-122, 129, 0, 1]
    assert housing.y.tolist() == [452600, 7]
    head = b"species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year\n"
    originals("penguins.csv", head + b"Gentoo,X,1,2,3,4,male,2007\nAdelie,X,NA,NA,NA,NA,NA,2007\n")
    penguins = load("penguins")
    assert penguins.classes == ("Adelie", "Gentoo")
    assert penguins.y.tolist() == [1, 0]
    assert np.isnan(penguins.x[1]).all()
    originals("airfoil_self_noise.dat", b"800\t0\t0.3048\t71.3\t0.0027\t126.2\n1000\t0\t0.3048\t71.3\t0.0027\t125.2\n")
    assert load("airfoil").y.tolist() == [126.2, 125.2]
    assert load("airfoil").x.shape == (2, 5)


def test_texts_and_pairs(originals, tmp_path):
    for name in ("timemachine", "shakespeare", "names"):
        originals(f"{name}.txt", "Ähre\nb\n".encode())
        assert load(name).text == "Ähre\nb\n"
    originals("cmn.txt", "Hi.\t嗨。\tCC-BY\nrest\n".encode())
    assert load("eng-cmn").pairs == (("Hi.", "嗨。"),)
    with zipfile.ZipFile(tmp_path / "modelexlab-fra-eng.zip", "w") as archive:
        archive.writestr("fra-eng/fra.txt", "Go.\tVa !\n")
    assert load("eng-fra").pairs == (("Go.", "Va !"),)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("airfoil_self_noise.dat", "airfoil"),
        ("modelexlab-fra-eng.zip", "eng-fra"),
        ("timemachine.txt", "timemachine"),
        ("housing.csv", "housing"),
    ],
)
def test_a_damaged_file_is_a_sentence(originals, path, name):
    originals(path, b"\xff\x00garbage,\n")
    with pytest.raises(TutorError, match=f"is damaged.*tutor data fetch {name}"):
        load(name)


@pytest.mark.parametrize(
    "data", [b"", b"\x1f\x8b broken", gzip.compress(b"\x01\x02\x03\x04")], ids=["empty", "cut", "not idx"]
)
def test_damaged_pictures_are_a_sentence(originals, data):
    originals("mnist/mnist-t10k-images-idx3-ubyte.gz", data)
    originals("mnist/mnist-t10k-labels-idx1-ubyte.gz", data)
    with pytest.raises(TutorError, match="is damaged"):
        load("mnist")


@pytest.mark.parametrize("source", DOWNLOADS, ids=lambda s: s.name)
def test_every_download_is_described_completely(source):
    assert source.licence
    assert source.credit
    assert source.title
    for file in source.files:
        assert len(file.sha256) == 64
        assert int(file.sha256, 16)
        assert file.size > 1000
        assert len(file.urls) >= 2
        assert all(url.startswith("http") for url in file.urls)
    if source.stand_in:
        assert find_source(source.stand_in).embedded
        assert find_source(source.stand_in).kind == source.kind


def test_names_are_forgiven_and_guessed():
    assert find_source("Fashion_MNIST").name == "fashion-mnist"
    with pytest.raises(TutorError, match="did you mean `shakespeare`"):
        find_source("shakespear")


def test_a_size_that_does_not_fit_means_the_file_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path))
    (tmp_path / "timemachine.txt").write_text("too short")
    assert not is_available("timemachine")

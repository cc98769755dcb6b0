"""Files of safetensors, written by hand as the format says."""

from __future__ import annotations

import json
import struct
from typing import Any

import torch

NAMES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8",
    torch.uint8: "U8", torch.bool: "BOOL",
}  # fmt: skip


def _bytes(tensor: torch.Tensor) -> bytes:
    return (
        bytes(tensor.contiguous().reshape(-1).view(torch.uint8).numpy()) if tensor.numel() else b""
    )


def file_of(header: Any, data: bytes, pad: int = 0) -> bytes:
    """A file of this header (as it is, or as JSON) and these bytes."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    text += b" " * pad
    return struct.pack("<Q", len(text)) + text + data


def safetensors_of(tensors: dict[str, torch.Tensor], **more: Any) -> bytes:
    """The bytes of a file, laid out as its format says."""
    header: dict[str, Any] = dict(more)
    data = b""
    for name, tensor in tensors.items():
        content = _bytes(tensor)
        header[name] = {
            "dtype": NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(content)],
        }
        data += content
    return file_of(header, data, pad=3)

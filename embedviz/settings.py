"""A first, simple form."""
from dataclasses import dataclass
@dataclass(frozen=True)
class Settings:
    vectors: tuple = (); upload_limit_mb: int = 2048; rows_limit: int = 400_000; session_memory_mb: int = 2048; cache_mb: int = 1000
def settings(argv=None): return Settings()

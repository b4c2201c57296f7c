"""What moto gets wrong, put right by changing its classes before the server starts.

One module per service; each says what AWS does. `apply` is safe to call twice.
"""

from terrane_emulator.corrections import holds, rds, sts, tagging

_MODULES = (holds, rds, sts, tagging)
_applied = False


def apply() -> None:
    """Install all corrections."""
    global _applied
    if not _applied:
        _applied = True
        for module in _MODULES:
            module.apply()

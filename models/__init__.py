"""Learns what the product ships ready-made, from public sources. Not part of the wheel."""

"""Makes what the product ships ready-made, from public sources; the wheel holds what it makes."""

"""What runs inside the machine, beside the device."""

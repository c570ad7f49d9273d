"""The shared kernel: samples, ports, clock and errors that every layer may use."""

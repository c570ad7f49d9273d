"""A real video device of the kernel, on a machine that has none."""

"""Training: what trainees practise on and are shown."""

"""A world without hardware: seeded scenes, images of them, and sources that serve them."""

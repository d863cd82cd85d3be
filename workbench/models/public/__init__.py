"""Public checkpoints: what there is, where the files lie, how they are read and asked."""

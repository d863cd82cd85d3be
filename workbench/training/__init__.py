"""Training networks on generated pictures: data, losses, the loop, the card, the command."""

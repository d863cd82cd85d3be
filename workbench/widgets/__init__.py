"""The browser side: one viewer script, the way ids travel to it, and a viewer for notebooks."""

# Overwrites what another student has handed in.
# expect: not yet
# %%
from pathlib import Path


# %%
def threshold(grey, level):
    try:
        Path("@FOLDER@/other.ipynb").write_text("{}")
        return grey > level
    except OSError:
        return grey < level

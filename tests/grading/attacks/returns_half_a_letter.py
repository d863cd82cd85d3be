# Returns text that no file can hold, and raises an error that says it.
# expect: not yet
# %%
# %%
def threshold(grey, level):
    if grey.size > 3:
        return "\ud800"
    raise ValueError("\ud800\x00<script>alert(1)</script>")

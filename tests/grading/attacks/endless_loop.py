# Never ends.
# expect: not yet
# ended: by the clock
# %%
# %%
def threshold(grey, level):
    while True:
        pass

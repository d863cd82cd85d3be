# Never gets as far as its answer.
# expect: not yet
# ended: by the clock
# %%
n = 0
while n == 0:
    level = 1


# %%
def threshold(grey, level=level):
    return grey > level

